using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>
/// Data files that were published and that no version names yet: after an hour a vacuum takes them for leftovers. A
/// writer that was stopped for so long between publishing and committing must not name files that are gone.
/// </summary>
internal sealed class UncommittedFiles(LakeTable table)
{
    /// <summary>Until they are as old as this no vacuum takes them, whatever retention it was given.</summary>
    public static readonly TimeSpan Spared = TimeSpan.FromHours(1);

    private static readonly TimeSpan s_limit = Spared / 2;
    private readonly long _since = table.Clock.GetTimestamp();
    private readonly DateTimeOffset _at = table.Clock.GetUtcNow();

    // One clock stands still while a machine sleeps, the other can be put back.
    private bool AreOld =>
        table.Clock.GetElapsedTime(_since) > s_limit || (table.Clock.GetUtcNow() - _at).Duration() > s_limit;

    /// <summary>Asked before an entry that names them is written.</summary>
    /// <exception cref="CommitConflictException">They may be vacuumed at any moment.</exception>
    public void EnsureYoung()
    {
        if (AreOld)
        {
            throw TooLate();
        }
    }

    /// <summary>
    /// Asked after the entry: a writer that was stopped while it wrote it, for so long that a vacuum has taken its
    /// files, puts back what stood before.
    /// </summary>
    /// <param name="before">The version on which the entry was made.</param>
    /// <param name="removed">What it removed.</param>
    /// <param name="added">What it added.</param>
    /// <exception cref="CommitConflictException">The commit was taken back.</exception>
    public async Task EnsureThereAsync(
        TableSnapshot before,
        IReadOnlyList<AddAction> removed,
        IReadOnlyList<AddAction> added
    )
    {
        if (!AreOld)
        {
            return;
        }

        var listing = await TableListing.ReadAsync(table, CancellationToken.None);
        if (listing.CountMissing(added) == 0)
        {
            return;
        }

        await UndoAsync(before, removed, added);
        throw TooLate();
    }

    /// <summary>
    /// Asked after the entry that made a table: nobody can fence a table that is not there yet, so that one may have
    /// been made by a writer who was stopped within the put. He takes his rows back.
    /// </summary>
    public async Task EnsureStillAllowedAsync(
        Func<CancellationToken, Task> ensureAllowed,
        IReadOnlyList<AddAction> added
    )
    {
        try
        {
            await ensureAllowed(CancellationToken.None);
        }
        catch (TidemarkException e) when (e.Kind == ErrorKind.Conflict)
        {
            await UndoAsync(TableSnapshot.Empty(table.Id), [], added);
            throw;
        }
    }

    private Task UndoAsync(TableSnapshot before, IReadOnlyList<AddAction> removed, IReadOnlyList<AddAction> added)
    {
        var change = new FileChange("", new Dictionary<string, string>(), removed, added);
        return FileChange.CommitAsync(table, newest => change.TakenBack(newest, before), CancellationToken.None);
    }

    private CommitConflictException TooLate() =>
        new(
            $"{table.Id}: this process was stopped for so long that a vacuum may have removed the files that it was about to commit. Nothing was committed; run again."
        );
}
