using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tidemark.Core;
using Tidemark.Lake;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Project;

namespace Tidemark.Warehouse.Builds;

/// <summary>
/// The inputs of a table at fixed versions, and the fingerprint of what a partition is made from:
/// <code>
///   SHA-256( the SQL with its variables, columns, key, declared reaches
///          · an input of limited reach: content of its units of those days
///          · an input with reach <c>valid</c>: content of its rows that are valid on the day
///          · any other input: content of all its live files )
/// </code>
/// Content is the SHA-256 of the file in which a unit's rows were first written (the path where a foreign writer left
/// none), so neither a repeated ingest of equal rows nor a compaction changes anything.
/// </summary>
internal sealed class InputState
{
    private const string FormatVersion = "1";
    private const char IdMark = '@';
    private const int IdLength = 8;
    private readonly WarehouseTable _table;
    private readonly string _definition;
    private readonly ReachDays _reach;
    private readonly List<(TableInput Input, TableSnapshot Snapshot, ILookup<DateOnly?, AddAction> ByDay)> _inputs;
    private readonly Dictionary<TableId, string> _wholes = [];
    private readonly IReadOnlyDictionary<TableId, ValidRows> _valid;
    private readonly Dictionary<TableId, Dictionary<DateOnly, string[]>> _contents = [];

    private InputState(
        WarehouseTable table,
        ReachDays reach,
        IEnumerable<(TableInput Input, TableSnapshot Snapshot)> inputs,
        IReadOnlyDictionary<TableId, ValidRows> valid
    )
    {
        _valid = valid;
        _table = table;
        _reach = reach;
        _inputs = [.. inputs.Select(i => (i.Input, i.Snapshot, ByDay(i.Snapshot)))];
        foreach (var (input, snapshot, _) in _inputs.Where(i => i.Input.Reach == Reach.Everything))
        {
            _wholes[input.Table] = Hash(Contents(snapshot.Files.Values, ofDay: null));
        }

        var columns = table.Definition.AllColumns.Select(c => $"{c.Name} {c.Type.DeltaName}");
        string[] parts = [table.Sql, string.Join(',', columns), string.Join(',', table.Definition.Key)];
        _definition = Hash(table.DeclaredReach is { } declared ? [.. parts, declared] : parts);
    }

    public IReadOnlyList<TableSnapshot> Snapshots => [.. _inputs.Select(i => i.Snapshot)];

    /// <summary>Inputs without a commit: they never had one, or are gone.</summary>
    public IEnumerable<TableId> Absent => _inputs.Where(i => !i.Snapshot.Exists).Select(i => i.Input.Table);

    /// <summary>Whether any input has ever been committed.</summary>
    public bool Any => _inputs.Count == 0 || _inputs.Exists(i => i.Snapshot.Exists);

    public static async Task<InputState> ReadAsync(
        DataLake lake,
        WarehouseTable table,
        ReachDays reach,
        ValidRowsReader reader,
        CancellationToken cancellationToken
    )
    {
        var inputs = new List<(TableInput, TableSnapshot)>(table.Inputs.Count);
        var valid = new Dictionary<TableId, ValidRows>();
        foreach (var input in table.Inputs)
        {
            var snapshot = await lake.Table(input.Table).SnapshotAsync(cancellationToken);
            inputs.Add((input, snapshot));
            if (input.Reach == Reach.Valid && snapshot.Exists)
            {
                valid[input.Table] = await reader.ReadAsync(snapshot, cancellationToken);
            }
        }

        return new InputState(table, reach, inputs, valid);
    }

    /// <summary>
    /// The days on which the table can have rows: the days of the inputs with reach <c>day</c>; when there are none,
    /// those of all partitioned inputs.
    /// </summary>
    public IEnumerable<DateOnly> Days()
    {
        var byDay = _inputs.Exists(i => i.Input.Reach == Reach.Day)
            ? _inputs.Where(i => i.Input.Reach == Reach.Day)
            : _inputs;
        return byDay.SelectMany(i => i.ByDay).Select(g => g.Key).OfType<DateOnly>().Distinct();
    }

    public string Fingerprint(DateOnly? day) =>
        Hash([
            FormatVersion,
            _definition,
            .. _inputs.SelectMany(i =>
                OfDays(i.Input, i.ByDay, day).Prepend(WholeOf(i.Input, day)).Prepend(i.Input.Table.ToString())
            ),
        ]);

    /// <summary>
    /// The inputs that have files for a partition, each with the end of its table's id: <c>ods.ods_daily@1f0c22ab
    /// ods.ods_x@…</c>.
    /// </summary>
    public string MadeOf(DateOnly? day) =>
        string.Join(
            ' ',
            _inputs
                .Where(i => i.Snapshot.Exists && FilesOf(i.Snapshot, [day]).Any())
                .Select(i => $"{i.Input.Table}{IdMark}{IdOf(i.Snapshot)}")
        );

    /// <summary>
    /// The inputs that no longer have the days from which a partition was made because retention dropped them or the
    /// table was begun anew since. Building the partition again would lose rows. Days that were taken back do not
    /// count.
    /// </summary>
    /// <param name="day">The partition.</param>
    /// <param name="madeOf">
    /// <see cref="MadeOf"/> at the time of the build; null for a partition that an older program built.
    /// </param>
    public IEnumerable<TableId> WithoutDaysOf(DateOnly day, string? madeOf)
    {
        var known = madeOf
            ?.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(m => m.Split(IdMark))
            .ToDictionary(m => m[0], m => m[^1], StringComparer.Ordinal);
        foreach (
            var (input, snapshot, byDay) in _inputs.Where(i => i.Snapshot is { Exists: true, IsPartitioned: true })
        )
        {
            if (known is not null && !known.ContainsKey(input.Table.ToString()))
            {
                continue; // it was made without it
            }

            var days = DaysOf(input, day).DefaultIfEmpty(day).ToArray();
            var retired = snapshot.RetiredThrough is { } last ? days.Where(d => d <= last).ToArray() : [];
            var isAnew = known is not null && known[input.Table.ToString()] != IdOf(snapshot);
            if ((retired.Length > 0 && !retired.Any(d => byDay[d].Any())) || (isAnew && !days.Any(d => byDay[d].Any())))
            {
                yield return input.Table;
            }
        }
    }

    /// <summary>About how many bytes the day has in the inputs with reach <c>day</c>.</summary>
    public long BytesOf(DateOnly? day) =>
        _inputs
            .Where(i => i.Input.Reach == Reach.Day)
            .Sum(i => i.ByDay[day].Sum(f => f.Size / Math.Max(1, TablePartition.DaysOf(f).Count)));

    /// <summary>
    /// The day's rows in the largest of these inputs, as far as the log says: about as many as the partition will have.
    /// </summary>
    public long RowsOf(DateOnly? day) =>
        _inputs
            .Where(i => i.Input.Reach == Reach.Day)
            .Select(i => i.ByDay[day].SelectMany(UnitSlice.Of).Where(s => s.Day == day).Sum(s => s.Rows))
            .DefaultIfEmpty()
            .Max();

    /// <summary>The live files of an input that partitions of these days are made from.</summary>
    public IEnumerable<AddAction> FilesOf(TableSnapshot input, IReadOnlyCollection<DateOnly?> days)
    {
        var known = _inputs.First(i => i.Snapshot == input);
        return known.Input.Reach.IsLimited
            ? days.SelectMany(d => DaysOf(known.Input, d))
                .Distinct()
                .SelectMany(d => known.ByDay[d])
                .DistinctBy(f => f.Path)
            : input.Files.Values;
    }

    /// <summary>
    /// Makes views and macros of the inputs show only what the partitions from one day to another reach: SQL that looks
    /// further finds nothing.
    /// </summary>
    public void Narrow(LakeSession session, DateOnly from, DateOnly to)
    {
        foreach (var (_, snapshot, _) in _inputs.Where(i => _valid.ContainsKey(i.Input.Table)))
        {
            session.ShowValid(snapshot, Reach.ValidFrom, Reach.ValidTo, from, to);
        }

        foreach (var (input, snapshot, byDay) in _inputs.Where(i => i.Snapshot.Exists && i.Input.Reach.IsLimited))
        {
            if (input.IsThroughMacro)
            {
                session.NarrowMacro(snapshot, byDay[to]); // which asks for that day alone
                continue;
            }

            var first = _reach.FirstOf(input.Reach, from);
            AddAction[] files = [.. Between(first, to).SelectMany(d => byDay[d]).DistinctBy(f => f.Path)];
            session.NarrowView(snapshot, files, first, to);
        }
    }

    /// <summary>The content of the input's days on which a partition depends.</summary>
    private IEnumerable<string> OfDays(TableInput input, ILookup<DateOnly?, AddAction> byDay, DateOnly? day)
    {
        if (!_contents.TryGetValue(input.Table, out var known))
        {
            known = [];
            _contents[input.Table] = known;
        }

        return DaysOf(input, day).SelectMany(d => OfDay(known, byDay, d));
    }

    /// <summary>Kept, because every partition that reaches the day asks for it.</summary>
    private static string[] OfDay(
        Dictionary<DateOnly, string[]> known,
        ILookup<DateOnly?, AddAction> byDay,
        DateOnly day
    )
    {
        if (!known.TryGetValue(day, out var contents))
        {
            contents = [.. Contents(byDay[day], day)];
            known[day] = contents;
        }

        return contents;
    }

    /// <summary>The days of an input that a partition reaches; empty when it reaches everything.</summary>
    private IEnumerable<DateOnly> DaysOf(TableInput input, DateOnly? day) =>
        input.Reach.IsLimited && day is { } of ? Between(_reach.FirstOf(input.Reach, of), of) : [];

    private static IEnumerable<DateOnly> Between(DateOnly from, DateOnly to)
    {
        for (var d = from; d <= to; d = d.AddDays(1))
        {
            yield return d;
        }
    }

    /// <summary>The content of an input of unlimited reach; empty for others.</summary>
    private string WholeOf(TableInput input, DateOnly? day) =>
        day is { } of && _valid.TryGetValue(input.Table, out var rows)
            ? rows.ContentOn(of)
            : _wholes.GetValueOrDefault(input.Table, "");

    /// <summary>
    /// Files by day: a file is listed under each day of its rows, and under null in a table without days.
    /// </summary>
    private static ILookup<DateOnly?, AddAction> ByDay(TableSnapshot snapshot) =>
        snapshot
            .Files.Values.SelectMany(f =>
                TablePartition.DaysOf(f).Select(d => (DateOnly?)d).DefaultIfEmpty().Select(d => (Day: d, File: f))
            )
            .ToLookup(p => p.Day, p => p.File);

    /// <summary>The content of files, for one day or for all.</summary>
    private static IEnumerable<string> Contents(IEnumerable<AddAction> files, DateOnly? ofDay) =>
        files.SelectMany(f => ContentsOf(f, ofDay)).Order(StringComparer.Ordinal);

    private static IEnumerable<string> ContentsOf(AddAction file, DateOnly? ofDay)
    {
        var slices = UnitSlice.Of(file);
        return slices.Count > 0
            ? slices
                .Where(s => ofDay is null || s.Day is null || s.Day == ofDay)
                .Select(s => $"{s.Day?.ToIso()}|{s.Content}")
            : [$"{TablePartition.Of(file).Value}|{file.Sha256 ?? file.Path}"];
    }

    // An id begins with its time, which the tables of one run share, so use its end.
    private static string IdOf(TableSnapshot snapshot) =>
        TableMark.Of(snapshot).Table is { } id ? id[Math.Max(0, id.Length - IdLength)..] : "";

    private static string Hash(IEnumerable<string> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            // With the lengths, "a","bc" and "ab","c" give different hashes.
            text.Append(CultureInfo.InvariantCulture, $"{part.Length}:").Append(part).Append(';');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
