using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Axes;

/// <summary>
/// Announcements by a range of days. The window in which today is is asked for again with every day that is due, so
/// that an empty answer is evidence as far as its days are.
/// </summary>
internal sealed class EventWindow(DatasetDefinition dataset) : Stretches(dataset);
