using System.Globalization;
using System.Runtime.CompilerServices;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Builds;

/// <content>
/// Batches: a batch is made (a session on fixed versions, its queries, their audit) while the one before it is
/// committed. Commits follow each other in the order of the days, so at most two batches exist at a time.
/// </content>
internal sealed partial class TableBuild
{
    /// <summary>The batch that is being committed, and its commit.</summary>
    private (MadeBatch Batch, Task<CommittedBatch> Commit)? _committing;

    private async Task BuildBatchesAsync(
        InputState inputs,
        TableSnapshot standing,
        IReadOnlyList<Partition> partitions,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await foreach (var made in MakeAsync(inputs, standing, partitions, cancellationToken))
            {
                await PublishAsync(made, cancellationToken);
                if (_failed.Count >= limits.FailuresMax)
                {
                    break;
                }
            }
        }
        finally
        {
            // However the making ended, finish and report the commit that is under way.
            await FinishCommitAsync();
        }
    }

    /// <summary>Makes the batches of some partitions, each when it is asked for. The caller disposes them.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="seen">
    /// The version of the table against which the commit will be checked; null when it is not checked by unit.
    /// </param>
    /// <param name="partitions">The partitions to make, in order.</param>
    /// <param name="cancellationToken">Stops the making.</param>
    private async IAsyncEnumerable<MadeBatch> MakeAsync(
        InputState inputs,
        TableSnapshot? seen,
        IReadOnlyList<Partition> partitions,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var batch in Batches(partitions, inputs))
        {
            var open = new Stack<List<Partition>>([batch]);
            while (_failed.Count < limits.FailuresMax && open.TryPop(out var part))
            {
                var started = clock.GetTimestamp();
                LakeSession session;
                try
                {
                    session = await OpenAsync(inputs, part, cancellationToken);
                }
                catch (DuckDbException) when (part.Count > 1)
                {
                    // The engine opens a file that it has not seen before as soon as a view names it. When one cannot
                    // be read, try halves of the batch: this finds the days with such files, and the others are built.
                    var half = part.Count / 2;
                    open.Push(part.GetRange(half, part.Count - half));
                    open.Push(part.GetRange(0, half));
                    continue;
                }
                catch (DuckDbException e)
                {
                    await FailAsync(inputs, [SqlFailure(part[0].Day, e)], cancellationToken);
                    continue;
                }

                MadeBatch made;
                using (session)
                {
                    made = await MakeAsync(inputs, seen, part, session, started, cancellationToken);
                }

                yield return made;
            }
        }
    }

    private async Task<MadeBatch> MakeAsync(
        InputState inputs,
        TableSnapshot? seen,
        List<Partition> batch,
        LakeSession session,
        long started,
        CancellationToken cancellationToken
    )
    {
        var made = new MadeBatch(lake.Stage(table.Definition, request.RunId, seen), session.Versions);
        try
        {
            var bad = Run(inputs, batch, session, made, cancellationToken);
            var broken = Audit(made.Staging, cancellationToken);
            made.LeaveOut(broken.Select(f => f.Dt).ToHashSet());
            await FailAsync(inputs, [.. bad, .. broken], cancellationToken);
            made.RestSeconds = clock.GetElapsedTime(started).TotalSeconds - made.Partitions.Sum(p => p.Seconds);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Begins to commit a batch as soon as the one before it is committed.</summary>
    private async Task PublishAsync(MadeBatch made, CancellationToken cancellationToken)
    {
        try
        {
            await FinishCommitAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch
        {
            made.Dispose();
            throw;
        }

        if (made.Partitions.Count == 0)
        {
            made.Dispose();
            return;
        }

        // Never stop a commit that has begun: nobody would know whether it succeeded.
        _committing = (made, Task.Run(() => CommitAsync(made), CancellationToken.None));
    }

    private async Task FinishCommitAsync()
    {
        if (_committing is not var (made, commit))
        {
            return;
        }

        _committing = null;
        var (result, seconds) = await commit;
        var share = (made.RestSeconds + seconds) / made.Partitions.Count;
        foreach (var (partition, own) in made.Partitions)
        {
            var rows = result.Counts[partition.Unit].Rows;
            _builtRows += rows;
            _built.Add(new BuiltPartition(table.Id.ToString(), partition.Day, rows, result.Version, own + share));
        }

        Report(0, 0);
    }

    private async Task<CommittedBatch> CommitAsync(MadeBatch made)
    {
        using (made)
        {
            var started = clock.GetTimestamp();
            var result = await lake.CommitAsync(
                made.Staging,
                staged =>
                {
                    staged = staged.Except(made.LeftOut);
                    var shrinks = staged.Counts.Values.Any(c => c.Shrinks);
                    var reason = shrinks ? "rebuilt from inputs, SQL or variables that changed" : null;
                    return (staged, new CommitRequest(Operation, made.Versions, reason));
                },
                CancellationToken.None
            );
            return new CommittedBatch(result, clock.GetElapsedTime(started).TotalSeconds);
        }
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
                            $"{v.Keys} keys occur more than once or are null, for example ({v.Example}) in {v.Rows} rows. "
                        )
                            + $"Correct {table.File}; if a key occurs twice in an input, `tidemark verify` names it. Nothing of this partition was published."
                    )
                ),
        ];

    private FailedPartition SqlFailure(DateOnly? day, DuckDbException error) =>
        Failure(day, "BUILD_SQL", $"{error.EngineMessage} (from {table.File})");

    /// <summary>
    /// Notes a failed partition. When the engine could not read a file of an input, the error says how to mend that
    /// file instead of blaming the SQL.
    /// </summary>
    private async Task FailAsync(
        InputState inputs,
        IReadOnlyList<FailedPartition> failed,
        CancellationToken cancellationToken
    )
    {
        foreach (var failure in failed)
        {
            var why = await ReadFault.OfAsync(lake, inputs.Snapshots, failure.Error, cause: null, cancellationToken);
            _failed.Add(
                why is null ? failure : Failure(failure.Dt, why.Code, $"an input cannot be read: {why.Message}")
            );
        }
    }

    private void Report(int inBatch, long rowsInBatch)
    {
        var (committing, rows) = _committing is var (made, _) ? (made.Partitions.Count, made.Staging.Rows) : (0, 0);
        progress?.Report(
            new BuildProgress(
                table.Id.ToString(),
                Math.Min(_built.Count + committing + inBatch, _total),
                _total,
                _builtRows + rows + rowsInBatch
            )
        );
    }

    private readonly record struct CommittedBatch(CommitResult Result, double Seconds);

    /// <summary>Partitions whose queries have run, ready to be committed together.</summary>
    private sealed class MadeBatch(TableStaging staging, IReadOnlyDictionary<string, long> versions) : IDisposable
    {
        private readonly List<(Partition Partition, double Seconds)> _partitions = [];
        private readonly HashSet<string> _leftOut = new(StringComparer.Ordinal);

        public TableStaging Staging => staging;

        /// <summary>The versions of the inputs that the queries saw.</summary>
        public IReadOnlyDictionary<string, long> Versions => versions;

        /// <summary>The partitions to publish, each with its query's time.</summary>
        public IReadOnlyList<(Partition Partition, double Seconds)> Partitions => _partitions;

        /// <summary>Staged units that must not be published.</summary>
        public IReadOnlySet<string> LeftOut => _leftOut;

        /// <summary>The time that the batch took outside its queries.</summary>
        public double RestSeconds { get; set; }

        public void Add(IEnumerable<Partition> partitions, double seconds) =>
            _partitions.AddRange(partitions.Select(p => (p, seconds)));

        public void LeaveOut(HashSet<DateOnly?> days)
        {
            _leftOut.UnionWith(_partitions.Where(p => days.Contains(p.Partition.Day)).Select(p => p.Partition.Unit));
            _partitions.RemoveAll(p => days.Contains(p.Partition.Day));
        }

        public void Dispose() => staging.Dispose();
    }
}
