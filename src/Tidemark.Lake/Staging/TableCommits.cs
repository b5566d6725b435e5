using Tidemark.Core.Errors;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>Commits what was staged for a table.</summary>
public static class TableCommits
{
    /// <summary>
    /// Makes staged units part of the table, all of them or none. Units that change nothing are left as they are.
    /// </summary>
    /// <exception cref="CommitConflictException">
    /// Another writer changed one of the units after the maker of these rows saw it.
    /// </exception>
    /// <exception cref="CommitFencedException">The writer's lease was taken over.</exception>
    /// <exception cref="TidemarkException">
    /// The schema does not fit, or a unit would lose rows without a reason.
    /// </exception>
    public static Task<CommitResult> CommitAsync(
        this LakeTable table,
        StagedCommit staged,
        CommitRequest request,
        CancellationToken cancellationToken
    ) => new UnitCommit(table).CommitAsync(staged, request, cancellationToken);

    /// <summary>
    /// Gives a derived table a new declaration and the rows that go with it, in one version: new metaData, all standing
    /// files removed, the parts added. Earlier versions stay readable.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="parts">
    /// All units of the table, staged with <see cref="TableStaging.StageReplacementAsync"/> against one version.
    /// </param>
    /// <param name="request">What goes into the log beside the files.</param>
    /// <param name="cancellationToken">Checked before the entry is written, never while it is.</param>
    /// <exception cref="CommitConflictException">Another writer changed the table since then.</exception>
    public static Task<CommitResult> ReplaceAsync(
        this LakeTable table,
        IReadOnlyList<StagedCommit> parts,
        CommitRequest request,
        CancellationToken cancellationToken
    ) => new TableReplacement(table).CommitAsync(StagedCommit.Join(parts), request, cancellationToken);
}
