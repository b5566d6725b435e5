using Tidemark.Lake.Delta;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>
/// A version that gives units of a table other rows. A commit is one put-if-absent of the next log entry, so readers
/// see all of it or nothing:
/// <code>
///   stage     Parquet files under _staging/, seen by nobody
///   validate  against the newest version: schema, shrinking, units that others changed
///   publish   files moved to dt=…/ or month=…/ (durable), then _delta_log/N.json put if absent  ← the commit
///   mark      manifest.json and _SUCCESS, made from the log
/// </code>
/// A writer that loses the race for a version reads the winner's entry and tries the next one, unless it touched the
/// same unit. A crash before the entry leaves unreferenced files at most; after it, markers that can be made again.
/// </summary>
internal sealed class UnitCommit(LakeTable table)
{
    private readonly CommitFiles _files = new(table);

    public async Task<CommitResult> CommitAsync(
        StagedCommit staged,
        CommitRequest request,
        CancellationToken cancellationToken
    )
    {
        if (request.EnsureAllowed is { } ensureAllowed)
        {
            await ensureAllowed(cancellationToken);
        }

        var snapshot = await table.SnapshotAsync(cancellationToken);
        request.Fence?.EnsureNewest(snapshot); // also where nothing changes, as the next
        CommitRules.EnsureSamePartitioning(staged.Definition, snapshot);
        CommitRules.EnsureSameColumns(staged.Definition, snapshot);
        var files = staged.Files.Where(f => !snapshot.Exists || Changes(staged, snapshot, f)).ToArray();
        var units = staged.Changed(files);
        var unchanged = new UnitReplacement([], []);
        if (
            staged.Counts.Count == 0
            || (
                snapshot.Exists
                && units.Count == 0
                && !staged.Leaving.Any(snapshot.Has)
                && !CommitFiles.Retagged(staged, unchanged, snapshot).Any()
            )
        )
        {
            return new CommitResult(snapshot.Version, IsNewVersion: false, staged.Counts);
        }

        UnitRules.EnsureNoShrink(staged, request);
        UnitRules.EnsureNoConflict(staged, snapshot);
        UnitRules.EnsureSameBasis(staged, snapshot);
        var commitId = table.Ids.NewId().ToString();
        var uncommitted = new UncommittedFiles(table);
        var adds = await _files.PublishAsync(staged, files, commitId, cancellationToken);
        var remains = new Dictionary<string, AddAction>(StringComparer.Ordinal);
        List<AddAction>? live = null;
        var before = snapshot;
        IReadOnlyList<AddAction> removed = [];
        if (!snapshot.Exists && request.EnsureAllowed is { } still)
        {
            await still(cancellationToken); // as late as can be: nobody can fence a table that is not there
        }

        var givenWay = 0L;
        var scopes = new ScopeChange(table, staged, units);
        while (live is null)
        {
            var planned = UnitReplacement.Of(snapshot, units, staged.Kept, staged.Leaving);
            await scopes.LookAsync(snapshot, planned, cancellationToken);
            planned = scopes.With(snapshot, planned)!;
            await _files.PublishRemaindersAsync(
                staged,
                snapshot,
                planned.Remainders,
                remains,
                commitId,
                files.Length,
                cancellationToken
            );
            (snapshot, _) = await table.Log.AppendAsync(
                newest =>
                {
                    live = null; // an attempt that lost the race for its version is forgotten
                    request.Fence?.EnsureNewest(newest);
                    UnitRules.EnsureNoConflict(staged, newest);
                    UnitRules.EnsureSameBasis(staged, newest);
                    uncommitted.EnsureYoung();
                    var own = UnitReplacement.Of(newest, units, staged.Kept, staged.Leaving);
                    var replacement = scopes.With(newest, own);
                    if (replacement?.Remainders.All(r => remains.ContainsKey(r.File.Path)) is not true)
                    {
                        return null; // compacted in the meantime: what is left of the new file has to be written first
                    }

                    (before, removed, givenWay) = (newest, replacement.Files, replacement.RowsGivenWay);

                    live =
                    [
                        .. adds,
                        .. replacement.Remainders.Select(r => CommitFiles.Standing(r, remains[r.File.Path], staged)),
                    ];
                    live.AddRange(CommitFiles.Retagged(staged, replacement, newest));
                    return CommitLines.Of(
                        staged,
                        request,
                        newest,
                        replacement,
                        live,
                        commitId,
                        table.Clock.GetUtcNow(),
                        table.Ids
                    );
                },
                commitId,
                cancellationToken
            );
        }

        await uncommitted.EnsureThereAsync(before, removed, live);
        if (!before.Exists && request.EnsureAllowed is { } after)
        {
            await uncommitted.EnsureStillAllowedAsync(after, live);
        }

        await table.MarkAsync(snapshot, live.Concat(removed).Select(TablePartition.Of));
        return new CommitResult(snapshot.Version, IsNewVersion: true, staged.Counts) { RowsGivenWay = givenWay };
    }

    private static bool Changes(StagedCommit staged, TableSnapshot snapshot, StagedFile file) =>
        file.Rows > 0
        || staged.Counts[file.Unit].UnreadFiles > 0
        || !snapshot.HasUnit(file.Unit)
        || snapshot.SlicesOf(file.Unit).Any(s => s.Rows != 0);
}
