using System.Globalization;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>A version that replaces a table's declaration together with its whole content.</summary>
internal sealed class TableReplacement(LakeTable table)
{
    public async Task<CommitResult> CommitAsync(
        StagedCommit staged,
        CommitRequest request,
        CancellationToken cancellationToken
    )
    {
        var basis = staged.Basis;
        EnsureSameContent(basis, await table.SnapshotAsync(cancellationToken));
        var commitId = table.Ids.NewId().ToString();
        var uncommitted = new UncommittedFiles(table);
        var adds = await new CommitFiles(table).PublishAsync(staged, staged.Files, commitId, cancellationToken);
        var before = basis;
        var (after, _) = await table.Log.AppendAsync(
            newest =>
            {
                EnsureSameContent(basis, newest);
                uncommitted.EnsureYoung();
                before = newest;
                return Lines(staged, request, newest, adds, commitId);
            },
            commitId,
            cancellationToken
        );
        await uncommitted.EnsureThereAsync(before, [.. before.Files.Values], adds);
        await table.MarkAsync(after, before.Files.Values.Concat(adds).Select(TablePartition.Of));
        return new CommitResult(after.Version, IsNewVersion: true, staged.Counts);
    }

    /// <summary>
    /// Refuses the replacement when somebody changed the rows or declared the table anew meanwhile. A compaction moves
    /// rows and is no change.
    /// </summary>
    private void EnsureSameContent(TableSnapshot basis, TableSnapshot now)
    {
        if (
            now.Version != basis.Version
            && (now.Metadata?.SchemaString != basis.Metadata?.SchemaString || !Contents(now).SetEquals(Contents(basis)))
        )
        {
            throw new CommitConflictException(
                $"{table.Id} was committed by another writer (version {now.Version}) while it was built anew. Build it again to compare with that."
            );
        }
    }

    private static HashSet<(string Unit, string Content)> Contents(TableSnapshot snapshot) =>
        [.. snapshot.Units.SelectMany(u => snapshot.SlicesOf(u)).Select(s => (s.Unit, s.Content))];

    private List<DeltaLine> Lines(
        StagedCommit staged,
        CommitRequest request,
        TableSnapshot newest,
        IReadOnlyList<AddAction> adds,
        string commitId
    )
    {
        var timestamp = table.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var lines = new List<DeltaLine>
        {
            new()
            {
                CommitInfo = LakeTable.Info(request.Operation, commitId, staged.RunId, timestamp) with
                {
                    Inputs = request.Inputs,
                    ShrinkReason = request.ShrinkReason,
                    OperationMetrics = new Dictionary<string, string>
                    {
                        ["numInserted"] = Text(staged.Counts.Values.Sum(c => c.Rows)),
                        ["numUpdated"] = Text(0),
                        ["numDeleted"] = Text(newest.RowCount),
                        ["numUnits"] = Text(staged.Counts.Count),
                    },
                },
            },
            new() { MetaData = CommitRules.ReplacementFor(staged.Definition, newest.Metadata!) },
        };
        foreach (var old in newest.Files.Values)
        {
            lines.Add(
                new DeltaLine
                {
                    Remove = new RemoveAction(old.Path, timestamp, true, true, old.PartitionValues, old.Size),
                }
            );
        }

        lines.AddRange(adds.Select(add => new DeltaLine { Add = add }));
        return lines;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
