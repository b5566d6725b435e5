using System.Collections.Immutable;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>
/// The version in which each unit's rows last changed, as far as this process followed the log entry by entry. The
/// present content does not show that: rows that were replaced and then restored look unchanged. Immutable.
/// </summary>
internal sealed class UnitChanges
{
    // More units than a run commits. Beyond it this starts empty again, and commits compare the content.
    private const int UnitsMax = 100_000;
    private readonly ImmutableDictionary<string, long> _last;
    private readonly long _from;

    private UnitChanges(long from, ImmutableDictionary<string, long> last, long dataChanged)
    {
        _from = from;
        _last = last;
        DataChanged = dataChanged;
    }

    /// <summary>The version of the last change of any rows, including rows of no unit; −1 when none is known.</summary>
    public long DataChanged { get; }

    /// <summary>Knows nothing of the changes up to a version.</summary>
    public static UnitChanges From(long version) =>
        new(version, ImmutableDictionary.Create<string, long>(StringComparer.Ordinal), -1);

    /// <summary>Whether every change after a version is known.</summary>
    public bool Reaches(long version) => _from <= version;

    /// <summary>The version of a unit's last known change; −1 when none is.</summary>
    public long Of(string unit) => _last.GetValueOrDefault(unit, -1);

    /// <summary>The same after one more entry.</summary>
    /// <param name="version">Its version.</param>
    /// <param name="lines">Its lines.</param>
    /// <param name="files">The files that were live before it.</param>
    public UnitChanges With(long version, IReadOnlyList<DeltaLine> lines, IReadOnlyDictionary<string, AddAction> files)
    {
        if (_last.Count >= UnitsMax)
        {
            return From(version);
        }

        try
        {
            var changed = ChangedUnits(lines, files);
            var data = lines.Any(l => l.Add is { DataChange: true } || l.Remove is { DataChange: true });
            return changed.Count == 0 && !data
                ? this
                : new UnitChanges(
                    _from,
                    _last.SetItems(changed.Select(unit => KeyValuePair.Create(unit, version))),
                    data ? version : DataChanged
                );
        }
        catch (TidemarkException)
        {
            // A tag is damaged: a caller that needs the units gets the error, and others can go on.
            return From(version);
        }
    }

    // Ignores where the rows are: a compaction moves them and does not change them.
    private static List<string> ChangedUnits(
        IReadOnlyList<DeltaLine> lines,
        IReadOnlyDictionary<string, AddAction> files
    )
    {
        var before = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var after = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var left = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            if (
                (line.Remove?.Path ?? line.Add?.Path) is { } said
                && DeltaPath.Decoded(said) is var path
                && left.Add(path)
                && files.TryGetValue(path, out var old)
            )
            {
                Note(before, old);
            }

            if (line.Add is { } add)
            {
                Note(after, add);
            }
        }

        var changed = new List<string>();
        foreach (var unit in before.Keys.Union(after.Keys, StringComparer.Ordinal))
        {
            if (!Sorted(before, unit).SequenceEqual(Sorted(after, unit), StringComparer.Ordinal))
            {
                changed.Add(unit);
            }
        }

        return changed;
    }

    private static IEnumerable<string> Sorted(Dictionary<string, List<string>> contents, string unit) =>
        contents.TryGetValue(unit, out var list) ? list.Order(StringComparer.Ordinal) : [];

    private static void Note(Dictionary<string, List<string>> contents, AddAction file)
    {
        foreach (var slice in UnitSlice.Of(file))
        {
            if (!contents.TryGetValue(slice.Unit, out var list))
            {
                contents[slice.Unit] = list = [];
            }

            list.Add(slice.Content);
        }
    }
}
