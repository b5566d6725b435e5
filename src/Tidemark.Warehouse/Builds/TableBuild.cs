using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Project;

namespace Tidemark.Warehouse.Builds;

/// <summary>
/// Builds one table: what is out of date is divided into batches; a batch is one session on fixed versions, one staging, one audit and one
/// commit. A partition that fails is left out of its batch; the others are published. Where the declaration no longer fits the table that stands (a column
/// renamed, retyped or gone, other partitions), all of it is built and put in its place by one commit, or none of it is.
/// </summary>
internal sealed partial class TableBuild(
    DataLake lake,
    TimeProvider clock,
    IReadOnlyDictionary<string, TradingCalendar> calendars,
    BuildLimits limits,
    WarehouseProject project,
    WarehouseTable table,
    BuildRequest request,
    IProgress<BuildProgress>? progress
)
{
    /// <summary>The tag in which a file keeps the fingerprint of what it was made from.</summary>
    internal const string InputsTag = "inputs";

    /// <summary>The tag in which it keeps which tables had something of that: <see cref="InputState.MadeOf"/>.</summary>
    internal const string MadeOfTag = "made_of";

    private const string Operation = "BUILD";
    private const int AttemptsMax = 3;
    private readonly LakeTable _target = lake.Table(table.Id);
    private readonly List<BuiltPartition> _built = [];
    private readonly List<FailedPartition> _failed = [];
    private int _total;

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
            // A table's trouble is its own and its dependents'; the caller goes on with the rest.
            _failed.Add(new FailedPartition(table.Id.ToString(), null, e.Kind, e.Code, e.Message));
        }
    }

    /// <summary>
    /// Builds hold no lease. One that was stopped while another built the same partitions has rows of older inputs in hand: they are refused, and what is
    /// still out of date then is made again from what the inputs hold now.
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
                // What was built before it stands, and is found up to date; what failed before it is tried like the rest.
                _failed.Clear();
            }
        }
    }

    private async Task BuildAsync(CancellationToken cancellationToken)
    {
        // In this order: who commits after this was read may have seen newer inputs than those that are read next.
        var standing = await _target.SnapshotAsync(cancellationToken);
        var inputs = await InputState.ReadAsync(lake, table, ReachDays.Of(table, calendars), cancellationToken);
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

        // Of what is gone or damaged nothing stands: it is made again.
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
        foreach (var batch in Batches(fed, inputs))
        {
            await BuildBatchAsync(inputs, standing, batch, cancellationToken);
            if (_failed.Count >= limits.FailuresMax)
            {
                break;
            }
        }

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
                        $"given up after {limits.FailuresMax} failures; {untried} of its days are as they were. Mend the first, then build again."
                    )
                )
            );
        }
    }

    /// <summary>Partitions of whose inputs a file is gone or of another size: what would be built without its rows is not what they say.</summary>
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

        // Its own days too: a day that vanished from the inputs is out of date as well.
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

    private IEnumerable<List<Partition>> Batches(IReadOnlyList<Partition> stale, InputState inputs)
    {
        var batch = new List<Partition>();
        var (bytes, rows) = (0L, 0L);
        foreach (var partition in stale)
        {
            var (size, count) = (inputs.BytesOf(partition.Day), inputs.RowsOf(partition.Day));
            var isFull =
                batch.Count >= limits.UnitsMax || bytes + size > limits.InputBytesMax || rows + count > limits.RowsMax;
            if (batch.Count > 0 && isFull)
            {
                yield return batch;
                batch = [];
                (bytes, rows) = (0, 0);
            }

            batch.Add(partition);
            bytes += size;
            rows += count;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private async Task BuildBatchAsync(
        InputState inputs,
        TableSnapshot standing,
        List<Partition> batch,
        CancellationToken cancellationToken
    )
    {
        while (batch.Count > 0 && _failed.Count < limits.FailuresMax)
        {
            var started = clock.GetTimestamp();
            LakeSession opened;
            try
            {
                opened = await OpenAsync(inputs, batch, cancellationToken);
            }
            catch (DuckDbException e)
            {
                await WithoutSessionAsync(inputs, standing, batch, e, cancellationToken);
                return;
            }

            using var session = opened;
            using var staging = lake.Stage(table.Definition, request.RunId, standing);
            var seconds = new double[batch.Count];
            var bad = Run(inputs, batch, session, staging, seconds, cancellationToken);
            if (bad.Count == 0)
            {
                bad = Audit(staging, cancellationToken);
            }

            if (bad.Count > 0)
            {
                bad = await ExplainedAsync(inputs, bad, cancellationToken);
                // Without them, and from the start: what they staged must not be published.
                _failed.AddRange(bad);
                batch.RemoveAll(p => bad.Any(f => f.Dt == p.Day));
                continue;
            }

            var result = await CommitAsync(staging, session, cancellationToken);
            var share = (clock.GetElapsedTime(started).TotalSeconds - seconds.Sum()) / batch.Count;
            for (var i = 0; i < batch.Count; i++)
            {
                var rows = result.Counts[batch[i].Unit].Rows;
                _built.Add(
                    new BuiltPartition(table.Id.ToString(), batch[i].Day, rows, result.Version, seconds[i] + share)
                );
            }

            Report(0, staging.Rows);
            return;
        }
    }

    /// <summary>
    /// The engine looks into a file when it is told of it, unless it has seen it before. Halves of the batch tell which days
    /// have one that cannot be read, and the others are built.
    /// </summary>
    private async Task WithoutSessionAsync(
        InputState inputs,
        TableSnapshot standing,
        List<Partition> batch,
        DuckDbException error,
        CancellationToken cancellationToken
    )
    {
        if (batch.Count == 1)
        {
            var failure = Failure(batch[0].Day, "BUILD_SQL", $"{error.EngineMessage} (from {table.File})");
            _failed.AddRange(await ExplainedAsync(inputs, [failure], cancellationToken));
            return;
        }

        var half = batch.Count / 2;
        await BuildBatchAsync(inputs, standing, batch.GetRange(0, half), cancellationToken);
        await BuildBatchAsync(inputs, standing, batch.GetRange(half, batch.Count - half), cancellationToken);
    }

    private async Task<LakeSession> OpenAsync(
        InputState inputs,
        List<Partition> batch,
        CancellationToken cancellationToken
    )
    {
        var days = batch.Select(p => p.Day).ToArray();
        var session = await lake.OpenSessionAtAsync(
            [.. inputs.Snapshots.Where(s => s.Exists)],
            s => inputs.FilesOf(s, days),
            cancellationToken
        );
        try
        {
            foreach (var missing in inputs.Snapshots.Where(s => !s.Exists))
            {
                session.DefineEmpty(DefinitionOf(missing.Table));
            }
        }
        catch
        {
            session.Dispose();
            throw;
        }

        return session;
    }

    private TableDefinition DefinitionOf(TableId id) =>
        project.Sources.FirstOrDefault(s => s.Id == id) ?? project.Tables.Single(t => t.Id == id).Definition;

    /// <summary>Where the engine could not read a file of an input, that is what has to be mended, and not the SQL.</summary>
    private async Task<List<FailedPartition>> ExplainedAsync(
        InputState inputs,
        List<FailedPartition> failed,
        CancellationToken cancellationToken
    )
    {
        var explained = new List<FailedPartition>(failed.Count);
        foreach (var failure in failed)
        {
            var why = await ReadFault.OfAsync(lake, inputs.Snapshots, failure.Error, cause: null, cancellationToken);
            explained.Add(
                why is null ? failure : Failure(failure.Dt, why.Code, $"an input cannot be read: {why.Message}")
            );
        }

        return explained;
    }

    private List<FailedPartition> Audit(TableStaging staging, CancellationToken cancellationToken) =>
        [
            .. staging
                .FindKeyViolations(cancellationToken)
                .Select(v =>
                    Failure(
                        v.Day,
                        "BUILD_KEY",
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{v.Keys} keys stand more than once or hold a null, for example ({v.Example}) in {v.Rows} rows. "
                        ) + $"Mend {table.File}; where a key stands twice in an input, `tidemark verify` names it. Nothing of this partition was published."
                    )
                ),
        ];

    private Task<CommitResult> CommitAsync(
        TableStaging staging,
        LakeSession session,
        CancellationToken cancellationToken
    ) =>
        lake.CommitAsync(
            staging,
            staged =>
            {
                var shrinks = staged.Counts.Values.Any(c => c.Shrinks);
                var reason = shrinks ? "rebuilt from inputs, SQL or variables that changed" : null;
                return (staged, new CommitRequest(Operation, session.Versions, reason));
            },
            cancellationToken
        );

    private FailedPartition Failure(DateOnly? day, string code, string message)
    {
        var where = day is null ? table.Id.ToString() : $"{table.Id}, dt {day.Value.ToIso()}";
        return new FailedPartition(table.Id.ToString(), day, ErrorKind.Schema, code, $"{where}: {message}");
    }

    private void Report(int inBatch, long rowsInBatch) =>
        progress?.Report(
            new BuildProgress(
                table.Id.ToString(),
                Math.Min(_built.Count + inBatch, _total),
                _total,
                inBatch == 0 ? _built.Sum(b => b.Rows) : _built.Sum(b => b.Rows) + rowsInBatch
            )
        );

    /// <param name="Position">Its place among the days that the table can have.</param>
    private readonly record struct Partition(int Position, string Unit, DateOnly? Day, string Fingerprint);
}
