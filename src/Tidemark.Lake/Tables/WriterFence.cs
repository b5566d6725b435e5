using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>
/// Who writes, as a table's log is told: a <c>txn</c> action in each of the writer's commits, with the epoch of his
/// lease as its version. A table takes commits of a pool only from the holder of the highest epoch that it has seen, so
/// that a writer whose lease was taken over commits nothing, at whatever moment he was stopped. Immutable.
/// </summary>
/// <param name="Control">The control database whose lease it is.</param>
/// <param name="Pool">What the lease is for.</param>
/// <param name="Epoch">Higher than every holder's before.</param>
/// <param name="TakenAt">
/// When the lease was taken, to the millisecond: tells holders apart who were given the same epoch by two databases, of
/// which one is a copy or a new one.
/// </param>
public sealed record WriterFence(string Control, Pool Pool, long Epoch, DateTimeOffset TakenAt)
{
    private const string Prefix = "tidemark/";

    /// <summary>The <c>appId</c>: <c>tidemark/{control}/{pool}</c>.</summary>
    public string AppId => $"{Prefix}{Control}/{Pool.Name()}";

    internal TransactionAction Action => new(AppId, Epoch, TakenAt.ToUnixTimeMilliseconds());

    /// <summary>
    /// The highest epoch that a table has seen of a pool, whoever's control database gave it; 0 when none.
    /// </summary>
    public static long NewestEpoch(TableSnapshot table, Pool pool) => Newest(table, pool)?.Version ?? 0;

    /// <exception cref="CommitFencedException">
    /// Another holder came after this one, or has the same epoch and was here first.
    /// </exception>
    internal void EnsureNewest(TableSnapshot now)
    {
        if (Newest(now, Pool) is { } newest && !Admits(newest))
        {
            throw new CommitFencedException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{now.Table}: another writer of the pool {Pool.Name()} (epoch {newest.Version}, {newest.AppId}) came after this one (epoch {Epoch}, {AppId}). Nothing was committed."
                )
            );
        }
    }

    /// <summary>Whether a table that has seen this already takes commits of this writer.</summary>
    internal bool IsIn(TableSnapshot now) => Newest(now, Pool) is { } newest && IsSelf(newest);

    private bool Admits(TransactionAction newest) => Epoch > newest.Version || IsSelf(newest);

    private bool IsSelf(TransactionAction newest) =>
        Epoch == newest.Version
        && newest.AppId == AppId
        && (newest.LastUpdated is not { } taken || taken == TakenAt.ToUnixTimeMilliseconds());

    // Epochs are compared across control databases: a new one, or one that was restored, must not go around the fence
    // of the other.
    private static TransactionAction? Newest(TableSnapshot table, Pool pool)
    {
        TransactionAction? newest = null;
        foreach (var transaction in table.Transactions.Values)
        {
            if (
                transaction.AppId.StartsWith(Prefix, StringComparison.Ordinal)
                && transaction.AppId.AsSpan(transaction.AppId.LastIndexOf('/') + 1).SequenceEqual(pool.Name())
                && (newest is null || transaction.Version > newest.Version)
            )
            {
                newest = transaction;
            }
        }

        return newest;
    }
}

/// <summary>A later holder of the writer's lease has come: this one must stop.</summary>
public sealed class CommitFencedException(string message)
    : TidemarkException(ErrorKind.Conflict, "COMMIT_FENCED", message);
