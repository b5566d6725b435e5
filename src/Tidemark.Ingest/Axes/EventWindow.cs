using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Axes;

/// <summary>
/// Announcements by a range of days. The window that holds today is fetched again with every day that becomes due, so
/// an empty answer is evidence for the days that were asked for.
/// </summary>
internal sealed class EventWindow(DatasetDefinition dataset) : Stretches(dataset);
