using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake;

/// <summary>
/// Tells the tables that ingest writes who has a lane now, when the previous holder may still be at work. Needed
/// after a lease was taken over. After a lease was given back, the next run's commits alone tell the tables.
/// </summary>
public sealed class LaneFences(DataLake lake)
{
    /// <summary>The operation's name in such a commit.</summary>
    public const string Operation = "FENCE";

    private const string Layer = "ods"; // every dataset's rows go there

    // No writer, stale or not, can commit to a table with one of these codes.
    private static readonly HashSet<string> s_unwritable = new(StringComparer.Ordinal)
    {
        "LOG_CORRUPT",
        "LOG_GAP",
        "TABLE_FOREIGN",
        TableOwners.ErrorCode,
        "TABLE_NAME_INVALID",
        "TABLE_UNSUPPORTED",
        InnerLink.Code, // the log's folder is one
    };

    /// <summary>The highest epoch of a lane in any table's log; 0 when none has one.</summary>
    public async Task<long> NewestEpochAsync(Lane lane, CancellationToken cancellationToken)
    {
        var newest = 0L;
        await EachAsync(
            table =>
            {
                newest = Math.Max(newest, WriterFence.NewestEpoch(table.LastSeen, lane));
                return Task.CompletedTask;
            },
            cancellationToken
        );
        return newest;
    }

    /// <summary>
    /// Commits a <c>txn</c> and nothing else to every table, whether the lane has written it or not. A commit that an
    /// earlier holder is about to make then loses the race for its version, reads this entry, and is refused.
    /// </summary>
    /// <exception cref="CommitFencedException">A later holder has come already.</exception>
    public Task FenceAsync(WriterFence fence, CancellationToken cancellationToken) =>
        EachAsync(table => FenceAsync(table, fence, cancellationToken), cancellationToken);

    private static async Task FenceAsync(LakeTable table, WriterFence fence, CancellationToken cancellationToken)
    {
        var commitId = table.Ids.NewId().ToString();
        await table.Log.AppendAsync(
            newest =>
            {
                fence.EnsureNewest(newest);
                return fence.IsIn(newest)
                    ? null
                    :
                    [
                        new DeltaLine
                        {
                            CommitInfo = LakeTable.Info(
                                Operation,
                                commitId,
                                runId: null,
                                table.Clock.GetUtcNow().ToUnixTimeMilliseconds()
                            ),
                        },
                        new DeltaLine { Txn = fence.Action },
                    ];
            },
            commitId,
            cancellationToken
        );
    }

    private async Task EachAsync(Func<LakeTable, Task> work, CancellationToken cancellationToken)
    {
        foreach (var name in await lake.Store.ListFoldersAsync(Layer + "/", cancellationToken))
        {
            try
            {
                var table = lake.Table(new TableId(Layer, name));
                if ((await table.SnapshotAsync(cancellationToken)) is { Exists: true } snapshot && snapshot.IsOurs)
                {
                    await work(table);
                }
            }
            catch (TidemarkException e) when (s_unwritable.Contains(e.Code))
            {
                // Explained above.
            }
        }
    }
}
