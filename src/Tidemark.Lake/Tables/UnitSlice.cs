using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>
/// The rows of a unit in one data file: all of the file's rows, or a run of neighbouring rows in a file into which a
/// compaction merged several units. Such a file has the tag <c>units</c> instead of <c>unit</c>: the units in the order
/// of their rows, each with its number of rows and with the tags that its own file had.
/// </summary>
public sealed class UnitSlice
{
    // Tags of the file, not of the unit.
    private static readonly HashSet<string> s_fileTags = new(StringComparer.Ordinal)
    {
        DeltaTags.Unit,
        DeltaTags.Units,
        DeltaTags.Sha256,
        DeltaTags.Codec,
    };

    private readonly UnitEntry? _entry;

    private UnitSlice(string unit, AddAction file, long firstRow, UnitEntry? entry)
    {
        Unit = unit;
        File = file;
        FirstRow = firstRow;
        _entry = entry;
    }

    public string Unit { get; }

    public AddAction File { get; }

    /// <summary>The number of the unit's first row in the file, from 0.</summary>
    public long FirstRow { get; }

    public long Rows => _entry?.Rows ?? DeltaStats.RowCount(File.Stats) ?? 0;

    /// <summary>Whether the file holds only this unit.</summary>
    public bool IsWholeFile => _entry is null;

    /// <summary>
    /// Identifies the rows wherever they are: the hash of the file in which they were first written. A compaction keeps
    /// it, so that tables made from the rows see that they are the same.
    /// </summary>
    public string Content =>
        Tag(DeltaTags.Content)
        ?? (IsWholeFile ? File.Sha256 : null)
        ?? string.Create(CultureInfo.InvariantCulture, $"{File.Path}#{FirstRow}");

    /// <summary>The one day of the rows; null in a table without days, and when they have several days.</summary>
    public DateOnly? Day =>
        TablePartition.Of(File) is { IsMonth: false } partition ? partition.First
        : TradeDate.TryParseIso(Tag(DeltaTags.Day), out var day) ? day
        : null;

    /// <summary>The days of the rows, in order; empty in a table without days, and when a file does not say.</summary>
    public IReadOnlyList<DateOnly> Days
    {
        get
        {
            if (Day is { } only)
            {
                return [only];
            }

            var days = new List<DateOnly>();
            foreach (var text in Tag(DeltaTags.Days)?.Split(',') ?? [])
            {
                if (!TradeDate.TryParseIso(text, out var day))
                {
                    return [];
                }

                days.Add(day);
            }

            return days;
        }
    }

    /// <summary>A tag of the unit's rows, other than <c>unit</c> and <c>sha256</c>.</summary>
    public string? Tag(string name) =>
        !s_fileTags.Contains(name) && (_entry?.Tags ?? File.Tags)?.TryGetValue(name, out var value) == true
            ? value
            : null;

    /// <summary>Whether a row of the file, by its number, is the unit's.</summary>
    internal bool HasRow(long number) => number >= FirstRow && number < FirstRow + Rows;

    /// <summary>The same unit with other rows, for another file's tags.</summary>
    internal UnitSlice Of(long rows, string content)
    {
        var tags = OwnTags(content: false);
        tags[DeltaTags.Content] = content;
        return new UnitSlice(Unit, File, FirstRow, new UnitEntry(Unit, rows, tags));
    }

    /// <summary>All rows of a file that no unit wrote, as a slice of the unit that takes them over.</summary>
    internal static UnitSlice TakenOver(string unit, AddAction file) => new(unit, file, 0, null);

    /// <summary>
    /// The slices of a file, in the order of their rows; none for a file that Tidemark did not write.
    /// </summary>
    /// <exception cref="TidemarkException">The tag is damaged.</exception>
    public static IReadOnlyList<UnitSlice> Of(AddAction file)
    {
        if (file.Unit is { } unit)
        {
            return [new UnitSlice(unit, file, 0, null)];
        }

        if (file.Tags is null || !file.Tags.TryGetValue(DeltaTags.Units, out var json))
        {
            return [];
        }

        var slices = new List<UnitSlice>();
        var row = 0L;
        foreach (var entry in Read(file, json))
        {
            slices.Add(new UnitSlice(entry.Unit, file, row, entry));
            row += entry.Rows;
        }

        return DeltaStats.RowCount(file.Stats) is { } rows && rows != row
            ? throw Damaged(file, string.Create(CultureInfo.InvariantCulture, $"{row} rows instead of {rows}"), null)
            : slices;
    }

    /// <summary>
    /// The tags of a file that holds the rows of these slices, in this order, in other bytes than before.
    /// </summary>
    /// <param name="slices">At least one.</param>
    /// <param name="sha256">The file's hash.</param>
    /// <param name="codec">How it is compressed.</param>
    internal static Dictionary<string, string> TagsOf(IReadOnlyList<UnitSlice> slices, string? sha256, string? codec) =>
        Tags(slices, s => s.OwnTags(content: true), sha256, codec);

    /// <summary>The tags of a file that stays as it is while the tags of some of its units change.</summary>
    /// <param name="file">The file.</param>
    /// <param name="changes">Tags to set, by unit. An empty tag is removed.</param>
    /// <returns>Null when nothing changes.</returns>
    internal static Dictionary<string, string>? Retag(
        AddAction file,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> changes
    )
    {
        var slices = Of(file);
        var changed = slices.Any(s =>
            changes.TryGetValue(s.Unit, out var tags) && tags.Any(t => s.Tag(t.Key) != t.Value)
        );
        if (!changed)
        {
            return null;
        }

        return Tags(slices, Changed, file.Sha256, file.Tags!.GetValueOrDefault(DeltaTags.Codec));

        Dictionary<string, string> Changed(UnitSlice slice)
        {
            var own = slice.OwnTags(content: false);
            foreach (var (name, value) in changes.GetValueOrDefault(slice.Unit) ?? new Dictionary<string, string>())
            {
                own[name] = value;
            }

            return own;
        }
    }

    private static Dictionary<string, string> Tags(
        IReadOnlyList<UnitSlice> slices,
        Func<UnitSlice, Dictionary<string, string>> own,
        string? sha256,
        string? codec
    )
    {
        Dictionary<string, string> tags;
        if (slices.Count == 1)
        {
            tags = own(slices[0]);
            tags[DeltaTags.Unit] = slices[0].Unit;
        }
        else
        {
            var entries = slices.Select(s => new UnitEntry(s.Unit, s.Rows, own(s))).ToArray();
            tags = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [DeltaTags.Units] = JsonSerializer.Serialize(entries, UnitJsonContext.Default.UnitEntryArray),
            };
        }

        if (sha256 is not null)
        {
            tags[DeltaTags.Sha256] = sha256;
        }

        if (codec is not null)
        {
            tags[DeltaTags.Codec] = codec;
        }

        return tags;
    }

    private Dictionary<string, string> OwnTags(bool content)
    {
        var own = (_entry?.Tags ?? File.Tags ?? new Dictionary<string, string>())
            .Where(t => !s_fileTags.Contains(t.Key))
            .ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal);
        if (content)
        {
            own[DeltaTags.Content] = Content;
        }

        return own;
    }

    private static UnitEntry[] Read(AddAction file, string json)
    {
        try
        {
            var entries = JsonSerializer.Deserialize(json, UnitJsonContext.Default.UnitEntryArray) ?? [];
            return entries.All(e => e is { Unit: not null, Rows: >= 0 })
                ? entries
                : throw Damaged(file, "a unit without a name or rows", null);
        }
        catch (JsonException e)
        {
            throw Damaged(file, DamageText.Of(e), e);
        }
    }

    private static TidemarkException Damaged(AddAction file, string what, Exception? cause) =>
        new(
            ErrorKind.Storage,
            "LOG_CORRUPT",
            $"{file.Path}: the tag 'units' in the log is damaged ({what}). Restore the log from a backup; the data files are untouched.",
            cause
        );
}

/// <summary>A unit of a merged file, as the tag spells it.</summary>
internal sealed record UnitEntry(string Unit, long Rows, IReadOnlyDictionary<string, string>? Tags);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UnitEntry[]))]
internal sealed partial class UnitJsonContext : JsonSerializerContext;
