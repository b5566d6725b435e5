using Tidemark.Completeness.Evaluation;
using Tidemark.Core.Errors;
using Tidemark.Definitions;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Tables;

/// <summary>Finds what an operation has left out of the lake, for its response.</summary>
public sealed class FindLeftOut(
    DataLake lake,
    CatalogFile catalog,
    GoneTables gone,
    MisfitTables misfits,
    DefinitionBundle definitions
)
{
    /// <summary>A check that could not be evaluated.</summary>
    public static LeftOut Of(CheckFault fault) =>
        new(fault.Check.Id, fault.Error.Code, fault.Error.Message, IsTable: false);

    /// <summary>Everything that the lake and its catalog leave out.</summary>
    /// <exception cref="TidemarkException">The store or the control database does not answer.</exception>
    public Task<LeftOutReport> AllAsync(CancellationToken cancellationToken) => AllAsync([], cancellationToken);

    private async Task<LeftOutReport> AllAsync(IReadOnlyList<TableSnapshot> listed, CancellationToken cancellationToken)
    {
        var survey = await lake.SurveyAsync(cancellationToken);
        var damage = await lake.DamageAsync(survey, listed, cancellationToken);
        return new LeftOutReport(
            [
                .. Others(await catalog.LeftOutOfAsync(survey, cancellationToken), damage),
                .. await gone.FindAsync(survey, cancellationToken),
                .. misfits.Find(survey),
            ],
            damage
        );
    }

    /// <summary>
    /// Like <see cref="AllAsync(CancellationToken)"/>, with the definitions that are left out, but after an operation:
    /// if the store or the control database does not answer, it reports that instead of failing, because the operation
    /// is done.
    /// </summary>
    /// <param name="needsDefinitions">Whether the operation needed all definitions.</param>
    /// <param name="checks">Checks that the operation could not evaluate because a definition is wrong.</param>
    /// <param name="read">
    /// Tables that the operation itself has compared with a listing, with the damaged files that it found; a listing
    /// does not show all of them.
    /// </param>
    /// <param name="before">Names of tables that were gone before the operation, which it may have begun anew.</param>
    public async Task<LeftOutReport> AfterAsync(
        bool needsDefinitions,
        IEnumerable<LeftOut> checks,
        IReadOnlyList<TableSnapshot>? read = null,
        IReadOnlyCollection<string>? before = null
    ) =>
        await OfLakeAsync(read, before) with
        {
            Definitions =
            [
                .. definitions.LeftOut.Select(f => new LeftOut(f.Id, f.Code, f.Reason, IsTable: false)),
                .. checks.DistinctBy(c => c.Name),
            ],
            NeedsDefinitions = needsDefinitions,
        };

    private async Task<LeftOutReport> OfLakeAsync(
        IReadOnlyList<TableSnapshot>? read,
        IReadOnlyCollection<string>? before
    )
    {
        try
        {
            var found = await AllAsync(read ?? [], CancellationToken.None);
            return new LeftOutReport(
                [.. found.Tables, .. await gone.BegunAnewAsync(before ?? [], CancellationToken.None)],
                found.Damage with
                {
                    Files = [.. found.Damage.Files.Concat((read ?? []).SelectMany(t => t.Lost)).DistinctBy(f => f.Key)],
                }
            );
        }
        catch (TidemarkException e)
        {
            return LeftOutReport.Of([new LeftOut("the lake", e.Code, e.Message)]);
        }
    }

    /// <summary>
    /// Like <see cref="AfterAsync"/>, for an operation that goes through all tables. If tables were named, only what
    /// the operation itself found.
    /// </summary>
    /// <param name="named">The tables that were named.</param>
    /// <param name="failed">Tables that it could not process.</param>
    /// <param name="told">Tables whose faults the response reports by itself.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public async Task<LeftOutReport> OfWalkAsync(
        IReadOnlyCollection<string> named,
        IReadOnlyList<LeftOut> failed,
        IReadOnlyCollection<string> told,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<LeftOut> found =
            named.Count > 0
                ? []
                : [.. (await lake.SurveyAsync(cancellationToken)).LeftOut, .. await gone.FindAsync(cancellationToken)];
        return LeftOutReport.Of([.. failed.Concat(found).Where(l => !told.Contains(l.Name))]);
    }

    /// <summary>
    /// Names of tables that are gone; none where the store does not answer: an operation that needs it reports that.
    /// </summary>
    public async Task<IReadOnlyCollection<string>> GoneAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await gone.NamesAsync(cancellationToken);
        }
        catch (TidemarkException)
        {
            return [];
        }
    }

    // A table is reported once; its damage says more.
    private static IEnumerable<LeftOut> Others(IReadOnlyList<LeftOut> leftOut, LakeDamage damage)
    {
        var said = damage.Files.Select(f => f.Table.ToString()).ToHashSet(StringComparer.Ordinal);
        return leftOut.Where(l => l.Code != "TABLE_UNREADABLE" || !said.Contains(l.Name));
    }
}
