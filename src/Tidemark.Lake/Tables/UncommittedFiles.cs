using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>
/// Data files that are published and that no version names yet: after an hour a vacuum takes them for leftovers. A
/// writer that was stopped that long between publishing and committing must not name files that are gone.
/// </summary>
internal sealed class UncommittedFiles(LakeTable table)
{
    /// <summary>No vacuum, whatever its retention, removes a file that is younger than this.</summary>
    public static readonly TimeSpan Spared = TimeSpan.FromHours(1);

    private static readonly TimeSpan s_limit = Spared / 2;
    private readonly long _since = table.Clock.GetTimestamp();
    private readonly DateTimeOffset _at = table.Clock.GetUtcNow();

    // Check two clocks: one stands still while a machine sleeps, and the other can be set back.
    private bool AreOld =>
        table.Clock.GetElapsedTime(_since) > s_limit || (table.Clock.GetUtcNow() - _at).Duration() > s_limit;

    /// <summary>Call it before writing an entry that names them.</summary>
    /// <exception cref="CommitConflictException">They may be vacuumed at any moment.</exception>
    public void EnsureYoung()
    {
        if (AreOld)
        {
            throw TooLate();
        }
    }

    /// <summary>
    /// Call it after writing the entry. When a writer was stopped during the write for so long that a vacuum removed
    /// its files, this restores the content from before.
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
    /// Call it after the entry that made a table. Nobody can fence a table that does not exist yet, so a writer that
    /// was stopped within the put may have made it after losing its lease; it then takes its rows back.
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
