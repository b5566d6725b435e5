using Tidemark.Core.Datasets;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Axes;

/// <summary>
/// What a unit was made from, where its vendor can be watched: stored with the unit's files in the log, as its receipt
/// is, so that a restore or a copy of the lake takes it along. An answer equal to the one before writes no rows, but
/// renews it.
/// </summary>
internal static class SourceFingerprint
{
    private const string Tag = "source";
    private const char Separator = '\n';

    /// <summary>Adds the fingerprint of a unit to the other tags of its files.</summary>
    /// <param name="tags">The others; null for none.</param>
    /// <param name="fingerprint">A line a request, in their order; null for none.</param>
    public static IReadOnlyDictionary<string, string>? AddTo(
        IReadOnlyDictionary<string, string>? tags,
        string? fingerprint
    ) =>
        fingerprint is null
            ? tags
            : new Dictionary<string, string>(tags ?? new Dictionary<string, string>(), StringComparer.Ordinal)
            {
                [Tag] = fingerprint,
            };

    /// <summary>The fingerprints of a unit's requests as one text.</summary>
    public static string? Join(string? before, string? next) =>
        before is null || next is null ? before ?? next : before + Separator + next;

    /// <summary>The fingerprints of a unit in a table, one of a request, in their order; none where nothing is known.</summary>
    public static IEnumerable<string> Of(UnitId unit, TableSnapshot snapshot) =>
        snapshot.SlicesOf(unit.ToString()).Select(slice => slice.Tag(Tag)).OfType<string>().FirstOrDefault() is { } text
            ? text.Split(Separator)
            : [];
}
