using System.Globalization;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>A version that takes files out of a table and puts files back, without making any.</summary>
/// <param name="Operation">The operation's name in the history.</param>
/// <param name="Parameters">What was asked for.</param>
/// <param name="Removed">Live files that go.</param>
/// <param name="Added">Files that come back, or stay with other tags.</param>
/// <param name="Metadata">The new schema; null when it stays.</param>
/// <param name="Mark">A <c>txn</c> that the table keeps after the log's entries are cleaned up.</param>
internal sealed partial record FileChange(
    string Operation,
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyList<AddAction> Removed,
    IReadOnlyList<AddAction> Added,
    MetadataAction? Metadata = null,
    TransactionAction? Mark = null
)
{
    /// <summary>
    /// Commits a change and brings the markers of its partitions in step. After a lost race, computes the change again
    /// on top of the winner's version.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="change">The change of a version, or null when nothing is left to do.</param>
    /// <param name="cancellationToken">Checked between attempts, never during one.</param>
    /// <returns>The versions before and after, and the change; null when nothing was to be done.</returns>
    public static async Task<(TableSnapshot Before, TableSnapshot After, FileChange? Change)> CommitAsync(
        LakeTable table,
        Func<TableSnapshot, FileChange?> change,
        CancellationToken cancellationToken
    )
    {
        var commitId = table.Ids.NewId().ToString();
        var runId = table.Ids.NewId().ToString();
        var before = TableSnapshot.Empty(table.Id);
        FileChange? made = null;
        var (after, _) = await table.Log.AppendAsync(
            newest =>
            {
                before = newest;
                made = change(newest);
                return made?.Lines(commitId, runId, table.Clock.GetUtcNow());
            },
            commitId,
            cancellationToken
        );
        if (made is not null)
        {
            var partitions = made.Removed.Concat(made.Added).Select(TablePartition.Of);
            await table.MarkAsync(after, partitions);
        }

        return (before, after, made);
    }

    private List<DeltaLine> Lines(string commitId, string runId, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeMilliseconds();
        var lines = new List<DeltaLine>
        {
            new()
            {
                CommitInfo = LakeTable.Info(Operation, commitId, runId, timestamp) with
                {
                    OperationParameters = Parameters,
                    OperationMetrics = new Dictionary<string, string>
                    {
                        ["numRemovedFiles"] = Text(Removed.Count),
                        ["numRemovedRows"] = Text(Removed.Sum(RowsOf)),
                        ["numAddedFiles"] = Text(Added.Count),
                        ["numAddedRows"] = Text(Added.Sum(RowsOf)),
                    },
                },
            },
        };
        if (Metadata is not null)
        {
            lines.Add(new DeltaLine { MetaData = Metadata });
        }

        if (Mark is not null)
        {
            lines.Add(new DeltaLine { Txn = Mark });
        }

        foreach (var file in Removed)
        {
            lines.Add(
                new DeltaLine
                {
                    Remove = new RemoveAction(file.Path, timestamp, true, true, file.PartitionValues, file.Size),
                }
            );
        }

        lines.AddRange(Added.Select(file => new DeltaLine { Add = file }));
        return lines;
    }

    /// <summary>Rows of a file by its statistics.</summary>
    public static long RowsOf(AddAction file) => DeltaStats.RowCount(file.Stats) ?? 0;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
