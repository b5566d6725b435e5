using System.Collections.Concurrent;
using System.Threading.Channels;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Axes;
using Tidemark.Ingest.Extraction;
using Tidemark.Ingest.Planning;
using Tidemark.Lake;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Running;

/// <summary>
/// Fetches and commits planned units: several are fetched and checked at once; one task collects them by table and
/// commits them in batches, two at a time.
/// <code>
///   units ─▶ fetch ─▶ check ─▶ (bounded channel) ─▶ stage by table ─▶ commit
///            └── Jobs at a time ──┘                  └── overlapping with fetching ──┘
/// </code>
/// One failing unit never stops the others. Wrong credentials, a lake that cannot be written and a lease that was taken
/// over stop all. A unit that another writer has changed since it was asked for is fetched once more.
/// </summary>
internal sealed class UnitPipeline(
    DataLake lake,
    LaneLock laneLock,
    UnitExtractor extractor,
    UnitSteps steps,
    TimeProvider clock,
    PipelineOptions options,
    PauseGate pause
)
{
    /// <summary>Larger batches are not reused for other units: a table of their size may never come again.</summary>
    private const long SpareBytesMax = 4 << 20;

    private readonly KeptRows _kept = new(lake);
    private readonly ColumnAdoption _adoption = new(clock);
    private readonly ByteRoom _room = new(options.BufferedBytes);
    private readonly ConcurrentDictionary<string, ConcurrentBag<ColumnBatch>> _spareBatches = new();
    private readonly ConcurrentDictionary<string, TidemarkException> _blockedDatasets = new();
    private readonly ConcurrentQueue<(PlannedUnit Unit, TidemarkException Error)> _overtaken = new();

    /// <summary>
    /// Works until all units are done or <paramref name="stop"/> is cancelled; then it only finishes the commit in
    /// flight.
    /// </summary>
    public async Task RunAsync(string runId, IReadOnlyList<PlannedUnit> units, RunTally tally, CancellationToken stop)
    {
        await PassAsync(runId, units, tally, stop);
        var again = Overtaken();
        if (again.Count > 0 && !stop.IsCancellationRequested && tally.Fatal is null)
        {
            again.ForEach(o => steps.Repeat(o.Unit));
            await PassAsync(runId, [.. again.Select(o => o.Unit)], tally, stop);
            again = Overtaken();
        }

        foreach (var (unit, error) in again)
        {
            tally.Fail(unit, error);
        }
    }

    private List<(PlannedUnit Unit, TidemarkException Error)> Overtaken()
    {
        var units = _overtaken.ToList();
        _overtaken.Clear();
        return units;
    }

    private async Task PassAsync(string runId, IReadOnlyList<PlannedUnit> units, RunTally tally, CancellationToken stop)
    {
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var ready = Channel.CreateBounded<ReadyUnit?>(options.Buffered);
        var committing = Task.Run(() => CommitAllAsync(runId, ready.Reader, tally, abort), CancellationToken.None);
        try
        {
            await Parallel.ForEachAsync(
                units,
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = Math.Min(options.Jobs, options.JobsMax),
                    CancellationToken = abort.Token,
                },
                async (unit, token) =>
                {
                    if (pause.IsClosed)
                    {
                        await ready.Writer.WriteAsync(null, token); // what was fetched must not wait as long
                        await pause.PassAsync(token);
                    }

                    if (await FetchAsync(unit, tally, abort, token) is { } done)
                    {
                        await HandOverAsync(done, ready.Writer, token);
                    }
                }
            );
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            // The run was stopped, or no unit can succeed any more; the tally says which.
        }
        finally
        {
            ready.Writer.Complete();
            await committing;
        }
    }

    private async Task<ReadyUnit?> FetchAsync(
        PlannedUnit unit,
        RunTally tally,
        CancellationTokenSource abort,
        CancellationToken cancellationToken
    )
    {
        if (_blockedDatasets.TryGetValue(unit.Dataset.Id, out var blocked))
        {
            steps.SkipAll(unit, blocked.Message);
            tally.Fail(unit, blocked);
            return null;
        }

        var stage = StepStage.Extract;
        steps.Start(unit, stage);
        try
        {
            var seen = lake.Table(TableDefinition.IdOf(unit.Dataset)).LastSeen; // before the request is sent
            if (InTheWay(unit, seen) is { } obstacle)
            {
                throw obstacle; // nothing is asked for that could not be committed
            }

            unit = unit with { Dataset = _adoption.With(unit.Dataset, seen) };
            var batch = Rent(unit);
            var answer = await extractor.ExtractAsync(unit, batch, cancellationToken);
            tally.Received(answer.Bytes);
            if (_adoption.Adopt(unit.Dataset, seen, batch.Drift) is { } wider)
            {
                unit = unit with { Dataset = wider };
                batch = Rent(unit);
                answer = await extractor.ExtractAsync(unit, batch, cancellationToken);
                tally.Received(answer.Bytes);
            }

            int? kept = unit.Dataset.Accumulates
                ? await _kept.AppendAsync(unit, seen, batch, options.ShrinkReason is not null, cancellationToken)
                : null;
            var came = batch.RowCount;
            steps.Finish(unit, stage, answer.Received, came, answer.Drops, kept);
            stage = StepStage.Normalize;
            steps.Start(unit, stage);
            var rows = RowChecks.Normalize(unit.Dataset, unit.Id, batch, unit.Through);
            if (rows.Rows.RowCount == 0 && clock.GetUtcNow() < unit.EvidenceAt)
            {
                steps.Finish(unit, stage, came, 0, rows.Drops);
                steps.SkipFrom(
                    unit,
                    StepStage.Upsert,
                    $"the vendor has nothing yet; that counts from {unit.EvidenceAt:u}"
                );
                tally.LeaveOpen(unit, "the vendor has nothing yet");
                return null;
            }

            if (options.ShrinkReason is null)
            {
                UnitAxis.Of(unit.Dataset).EnsureWhole(unit.Id, rows.Rows.RowCount, unit.UsualRows);
            }

            var remarks = UnitRemarks.Of(unit.Dataset, unit.Id, rows.Rows, batch.Drift, unit.Through);
            steps.Finish(unit, stage, came, rows.Rows.RowCount, rows.Drops);
            return new ReadyUnit(unit, rows, seen, remarks) { Fingerprint = answer.Fingerprint };
        }
        catch (VendorException awaited) when (awaited.Code == VendorErrorCodes.FileAwaited)
        {
            steps.Finish(unit, stage, 0, 0, default);
            steps.SkipFrom(unit, StepStage.Normalize, awaited.Message);
            tally.LeaveOpen(unit, awaited.Message);
            return null;
        }
        catch (Exception thrown) when (thrown is not OperationCanceledException)
        {
            var e = UnitFault.Of(unit.Id, thrown, unit.Dataset.Switch);
            steps.Fail(unit, stage, e.Code, e.Message);
            tally.Fail(unit, e);
            switch (e.Kind)
            {
                case ErrorKind.Unauthorized:
                    await abort.CancelAsync();
                    break;
                case ErrorKind.Permission or ErrorKind.RateLimit:
                    _blockedDatasets.TryAdd(unit.Dataset.Id, e);
                    break;
            }

            return null;
        }
        catch (OperationCanceledException)
        {
            steps.Fail(unit, stage, "STOPPED", "stopped before it was done");
            throw;
        }
    }

    private TidemarkException? InTheWay(PlannedUnit unit, TableSnapshot seen) =>
        lake.InTheWay(
            TableDefinition.Of(unit.Dataset),
            seen,
            unit.Id.ToString(),
            UnitAxis.Of(unit.Dataset).DaysOf(unit.Id, unit.Through)
        );

    private async Task HandOverAsync(
        ReadyUnit unit,
        ChannelWriter<ReadyUnit?> ready,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await _room.TakeAsync(unit.Bytes, cancellationToken);
            if (!ready.TryWrite(unit)) // what is fetched and checked is kept, even when a stop has come meanwhile
            {
                await ready.WriteAsync(unit, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            steps.SkipFrom(unit.Unit, StepStage.Upsert, "stopped before it was done");
            throw;
        }
    }

    private async Task CommitAllAsync(
        string runId,
        ChannelReader<ReadyUnit?> ready,
        RunTally tally,
        CancellationTokenSource abort
    )
    {
        var open = new Dictionary<string, TableCommitter>(StringComparer.Ordinal);

        // Two at a time: while one waits for the disk, the other writes its files.
        var older = Task.CompletedTask;
        var newer = Task.CompletedTask;
        try
        {
            await foreach (var unit in ready.ReadAllAsync(CancellationToken.None))
            {
                if (unit is null)
                {
                    await Task.WhenAll(older, newer);
                    await CommitRestAsync(open, tally, abort);
                    continue;
                }

                steps.Start(unit.Unit, StepStage.Upsert);
                var table = ShapeOf(unit.Unit.Dataset);
                if (!open.TryGetValue(table, out var committer))
                {
                    open[table] = committer = new TableCommitter(lake, laneLock, unit.Unit.Dataset, runId, clock);
                }

                committer.Add(unit);
                _room.Release(unit.Bytes);
                var isFull = open.Values.Sum(c => c.Bytes) > options.BufferedBytes;
                var largest = isFull ? open.Values.MaxBy(c => c.Bytes) : null;
                foreach (var due in open.Where(c => c.Value == largest || c.Value.IsDue(options)).ToArray())
                {
                    open.Remove(due.Key);
                    await older;
                    older = newer;
                    newer = Task.Run(() => CommitAsync(due.Value, tally, abort), CancellationToken.None);
                }
            }

            await Task.WhenAll(older, newer);
            await CommitRestAsync(open, tally, abort);
        }
        catch
        {
            // The channel has no reader any more: cancel the writers, which would wait for ever.
            await abort.CancelAsync();
            throw;
        }
        finally
        {
            await Task.WhenAll(older, newer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CommitRestAsync(
        Dictionary<string, TableCommitter> open,
        RunTally tally,
        CancellationTokenSource abort
    )
    {
        foreach (var rest in open.Values)
        {
            await CommitAsync(rest, tally, abort);
        }

        open.Clear();
    }

    /// <summary>
    /// A table and its columns: while it adopts some, its units have them or not, and rows of one commit have the same.
    /// </summary>
    private static string ShapeOf(DatasetDefinition dataset) =>
        string.Join(
            ' ',
            dataset
                .Columns.Where(column => column.AdoptedAt is not null)
                .Select(column => $"{column.Name}:{column.Kind}")
                .Prepend(dataset.Table)
        );

    private async Task CommitAsync(TableCommitter committer, RunTally tally, CancellationTokenSource abort)
    {
        foreach (var (unit, counts, error) in await committer.CommitAsync(options.ShrinkReason, options.DropsLostLists))
        {
            if (error is null)
            {
                steps.Commit(unit, counts, committer.Version);
                tally.Commit(unit, counts);
                continue;
            }

            steps.Fail(unit, StepStage.Upsert, error.Code, error.Message);
            if (error is CommitConflictException)
            {
                _overtaken.Enqueue((unit, error));
                continue;
            }

            tally.Fail(unit, error);
            if (error.Code == LaneLock.LostCode)
            {
                tally.End(error);
            }

            if (StorageErrors.StopsAll(error) || error.Code == LaneLock.LostCode)
            {
                await abort.CancelAsync();
            }
        }

        foreach (var batch in committer.Batches.Where(b => b.ByteCount <= SpareBytesMax))
        {
            _spareBatches[committer.Dataset].Add(batch);
        }
    }

    private ColumnBatch Rent(PlannedUnit unit)
    {
        var columns = unit.Dataset.ColumnsUntil(unit.Through);
        var batch = Spare(unit, columns) ?? new ColumnBatch(columns, Math.Min(unit.Dataset.RowCap, 8192));
        batch.Drift.IsWatching = unit.Dataset.Drift.OnNewColumn == NewColumnPolicy.Adopt;
        return batch;
    }

    private ColumnBatch? Spare(PlannedUnit unit, IReadOnlyList<ColumnDefinition> columns)
    {
        var spares = _spareBatches.GetOrAdd(unit.Dataset.Id, _ => []);
        while (spares.TryTake(out var batch))
        {
            // Of a unit before or after the day on which a column began, it has not these columns: let it go.
            if (batch.Definitions.SequenceEqual(columns))
            {
                batch.Clear();
                return batch;
            }
        }

        return null;
    }
}
