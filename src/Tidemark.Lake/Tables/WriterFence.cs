using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>
/// Tells a table's log who writes: a <c>txn</c> action in each of the writer's commits, with the epoch of its lease as
/// the version. A table takes commits of a lane only from the holder of the highest epoch that it has seen, so a writer
/// whose lease was taken over commits nothing, whenever it was stopped. Immutable.
/// </summary>
/// <param name="Control">The control database that has the lease.</param>
/// <param name="Lane">The lane that the lease is for.</param>
/// <param name="Epoch">Higher than that of every holder before.</param>
/// <param name="TakenAt">
/// When the lease was taken, to the millisecond. Two databases, one of them a copy or a new one, may give two holders
/// the same epoch; this tells the holders apart.
/// </param>
public sealed record WriterFence(string Control, Lane Lane, long Epoch, DateTimeOffset TakenAt)
{
    private const string Prefix = "tidemark/";

    /// <summary>The <c>appId</c>: <c>tidemark/{control}/{lane}</c>.</summary>
    public string AppId => $"{Prefix}{Control}/{Lane.Name()}";

    internal TransactionAction Action => new(AppId, Epoch, TakenAt.ToUnixTimeMilliseconds());

    /// <summary>
    /// The highest epoch of a lane that a table has seen, from any control database; 0 when it has seen none.
    /// </summary>
    public static long NewestEpoch(TableSnapshot table, Lane lane) => Newest(table, lane)?.Version ?? 0;

    /// <exception cref="CommitFencedException">
    /// Another holder came after this one, or has the same epoch and was here first.
    /// </exception>
    internal void EnsureNewest(TableSnapshot now)
    {
        if (Newest(now, Lane) is { } newest && !Admits(newest))
        {
            throw new CommitFencedException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{now.Table}: another writer of the lane {Lane.Name()} (epoch {newest.Version}, {newest.AppId}) came after this one (epoch {Epoch}, {AppId}). Nothing was committed."
                )
            );
        }
    }

    /// <summary>Whether a table has already seen this holder and takes its commits.</summary>
    internal bool IsIn(TableSnapshot now) => Newest(now, Lane) is { } newest && IsSelf(newest);

    private bool Admits(TransactionAction newest) => Epoch > newest.Version || IsSelf(newest);

    private bool IsSelf(TransactionAction newest) =>
        Epoch == newest.Version
        && newest.AppId == AppId
        && (newest.LastUpdated is not { } taken || taken == TakenAt.ToUnixTimeMilliseconds());

    // Compare epochs of all control databases: a new or restored database must not get around the other's fence.
    private static TransactionAction? Newest(TableSnapshot table, Lane lane)
    {
        TransactionAction? newest = null;
        foreach (var transaction in table.Transactions.Values)
        {
            if (
                transaction.AppId.StartsWith(Prefix, StringComparison.Ordinal)
                && transaction.AppId.AsSpan(transaction.AppId.LastIndexOf('/') + 1).SequenceEqual(lane.Name())
                && (newest is null || transaction.Version > newest.Version)
            )
            {
                newest = transaction;
            }
        }

        return newest;
    }
}

/// <summary>The writer's lease has a later holder: this writer must stop.</summary>
public sealed class CommitFencedException(string message)
    : TidemarkException(ErrorKind.Conflict, "COMMIT_FENCED", message);
