using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Core.Errors;
using Tidemark.Lake;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Project;

namespace Tidemark.Warehouse.Builds;

/// <summary>
/// Builds one table: the partitions that are out of date are divided into batches; a batch is one session on fixed
/// versions, one staging, one audit and one commit. A partition that fails is left out of its batch; the others are
/// published. When the declaration no longer fits the present table (a column renamed, retyped or gone, other
/// partitions), one commit replaces the whole table, or nothing is committed.
/// </summary>
internal sealed partial class TableBuild(
    DataLake lake,
    TimeProvider clock,
    IReadOnlyDictionary<string, TradingCalendar> calendars,
    BuildLimits limits,
    ValidRowsReader valid,
    WarehouseProject project,
    WarehouseTable table,
    BuildRequest request,
    IProgress<BuildProgress>? progress
)
{
    /// <summary>The tag of a file that has the fingerprint of its inputs.</summary>
    internal const string InputsTag = "inputs";

    /// <summary>
    /// The tag of a file that names the inputs which had files for it: <see cref="InputState.MadeOf"/>.
    /// </summary>
    internal const string MadeOfTag = "made_of";

    private const string Operation = "BUILD";
    private const int AttemptsMax = 3;
    private readonly LakeTable _target = lake.Table(table.Id);
    private readonly List<BuiltPartition> _built = [];
    private readonly List<FailedPartition> _failed = [];
    private int _total;
    private long _builtRows;

    public IReadOnlyList<BuiltPartition> Built => _built;

    public IReadOnlyList<FailedPartition> Failed => _failed;

    public IReadOnlyList<SkippedTable> Skipped { get; private set; } = [];

    public KeptPartitions? Kept { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await BuildUndisturbedAsync(cancellationToken);
        }
        catch (TidemarkException e)
        {
            // An error concerns this table and its dependents; the caller goes on with the rest.
            _failed.Add(new FailedPartition(table.Id.ToString(), null, e.Kind, e.Code, e.Message));
        }
    }

    /// <summary>
    /// Builds hold no lease. When a build is stopped while another one builds the same partitions, its rows come from
    /// older inputs and the commit refuses them. Then it builds again what is still out of date, from the present
    /// inputs.
    /// </summary>
    private async Task BuildUndisturbedAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await BuildAsync(cancellationToken);
                return;
            }
            catch (CommitConflictException) when (attempt < AttemptsMax)
            {
                // Partitions built before are committed and now up to date; those that failed before are tried again.
                _failed.Clear();
            }
        }
    }

    private async Task BuildAsync(CancellationToken cancellationToken)
    {
        // Read the table first, then the inputs: a build that commits after this reading may have seen newer inputs
        // than ours.
        var standing = await _target.SnapshotAsync(cancellationToken);
        var inputs = await InputState.ReadAsync(lake, table, ReachDays.Of(table, calendars), valid, cancellationToken);
        if (await GoneAsync(inputs, standing, cancellationToken) is { } gone)
        {
            _failed.Add(gone);
            return;
        }

        if (!inputs.Any)
        {
            Skipped = [new SkippedTable(table.Id.ToString(), 0, "no input yet")];
            return;
        }

        if (!table.Definition.FitsInto(standing))
        {
            await ReplaceAsync(inputs, standing, cancellationToken);
            return;
        }

        // Partitions whose files are gone or damaged are made again.
        var lost = (await lake.ReadableAsync(standing, cancellationToken))
            .Lost.SelectMany(f => f.Units)
            .ToHashSet(StringComparer.Ordinal);
        var candidates = Candidates(inputs, standing, request.From, request.To);
        var dropped = request.Full ? [] : candidates.Where(c => IsDropped(standing, c)).ToArray();
        candidates = [.. candidates.Except(dropped)];
        var stale = candidates
            .Where(c =>
                lost.Contains(c.Unit)
                || !IsUpToDate(standing, c)
                || (request.Full && !_built.Exists(b => b.Dt == c.Day))
            )
            .ToArray();
        Skipped = SkippedOf(candidates.Count - stale.Length, dropped.Length, stale.Length == 0);
        var retired = Retired(inputs, standing, stale);
        stale = [.. stale.Where(p => !retired.ContainsKey(p))];
        Keep([.. retired.Where(r => !lost.Contains(r.Key.Unit))]);
        _total = stale.Length;
        IReadOnlyList<FailedPartition> starved =
        [
            .. retired
                .Where(r => lost.Contains(r.Key.Unit))
                .Select(r => Failure(r.Key.Day, RetiredCode, $"its file is gone or damaged, and {Withdrawn(r.Value)}")),
            .. await StarvedAsync(inputs, stale, cancellationToken),
            .. stale
                .Select(p => (p.Day, Error: lake.InTheWay(table.Definition, standing, p.Unit, p.Day)))
                .Where(p => p.Error is not null)
                .Select(p => Failure(p.Day, p.Error!.Code, p.Error.Message)),
        ];
        var fed = stale.ExceptBy(starved.Select(f => f.Dt), p => p.Day).ToArray();
        await BuildBatchesAsync(inputs, standing, fed, cancellationToken);
        var isGivenUp = _failed.Count >= limits.FailuresMax;
        var untried = isGivenUp ? fed.ExceptBy(_built.Select(b => b.Dt), p => p.Day).Count() - _failed.Count : 0;
        _failed.AddRange(starved.DistinctBy(f => f.Dt));
        if (untried > 0)
        {
            _failed.Add(
                Failure(
                    null,
                    "BUILD_GIVEN_UP",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"given up after {limits.FailuresMax} failures; {untried} of its days are unchanged. Correct the cause of the first failure, then build again."
                    )
                )
            );
        }
    }

    /// <summary>
    /// Failures for the partitions whose inputs have a file that is gone or has another size: without its rows a build
    /// would give too few.
    /// </summary>
    private async Task<IReadOnlyList<FailedPartition>> StarvedAsync(
        InputState inputs,
        IReadOnlyCollection<Partition> stale,
        CancellationToken cancellationToken
    )
    {
        var lost = new List<(TableSnapshot Input, DamagedFile File)>();
        foreach (var input in stale.Count == 0 ? [] : inputs.Snapshots.Where(s => s.Exists))
        {
            lost.AddRange((await lake.ReadableAsync(input, cancellationToken)).Lost.Select(f => (input, f)));
        }

        return lost.Count == 0
            ? []
            :
            [
                .. stale
                    .Select(p =>
                        (p.Day, Lost: lost.FirstOrDefault(l => inputs.FilesOf(l.Input, [p.Day]).Contains(l.File.File)))
                    )
                    .Where(p => p.Lost.File is not null)
                    .Select(p => Failure(p.Day, p.Lost.File.Code, $"an input cannot be read: {p.Lost.File.Line}")),
            ];
    }

    private List<Partition> Candidates(InputState inputs, TableSnapshot standing, DateOnly? from, DateOnly? to)
    {
        if (!table.HasDays)
        {
            return [new Partition(0, table.Unit(null), null, inputs.Fingerprint(null))];
        }

        // Include the table's own days: a day that vanished from the inputs is out of date, too.
        return
        [
            .. inputs
                .Days()
                .Union(standing.Days)
                .Where(d => (from is null || d >= from) && (to is null || d <= to))
                .Order()
                .Select((d, i) => new Partition(i, table.Unit(d), d, inputs.Fingerprint(d))),
        ];
    }

    private static bool IsUpToDate(TableSnapshot standing, Partition partition)
    {
        var slices = standing.SlicesOf(partition.Unit);
        return slices.Count > 0 && slices.All(s => s.Tag(InputsTag) == partition.Fingerprint);
    }

    private FailedPartition Failure(DateOnly? day, string code, string message)
    {
        var where = day is null ? table.Id.ToString() : $"{table.Id}, dt {day.Value.ToIso()}";
        return new FailedPartition(table.Id.ToString(), day, ErrorKind.Schema, code, $"{where}: {message}");
    }

    /// <param name="Position">The day's number among the days that the table can have.</param>
    private readonly record struct Partition(int Position, string Unit, DateOnly? Day, string Fingerprint);
}
