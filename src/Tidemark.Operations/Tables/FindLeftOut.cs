using Tidemark.Core.Errors;
using Tidemark.Definitions;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Tables;

/// <summary>Finds what of the lake an operation has left out, so that its response can tell.</summary>
public sealed class FindLeftOut(
    DataLake lake,
    CatalogFile catalog,
    GoneTables gone,
    MisfitTables misfits,
    DefinitionBundle definitions
)
{
    /// <summary>Definitions whose files have faults.</summary>
    public IReadOnlyList<LeftOut> Definitions =>
        [.. definitions.LeftOut.Select(f => new LeftOut(f.Id, f.Code, f.Reason, IsTable: false))];

    /// <summary>All that the lake and its catalog leave out.</summary>
    /// <exception cref="TidemarkException">The store or the control database does not answer.</exception>
    public Task<LeftOutReport> AllAsync(CancellationToken cancellationToken) => AllAsync([], cancellationToken);

    private async Task<LeftOutReport> AllAsync(IReadOnlyList<TableSnapshot> listed, CancellationToken cancellationToken)
    {
        var survey = await lake.SurveyAsync(cancellationToken);
        var damage = await lake.DamageAsync(survey, listed, cancellationToken);
        return new LeftOutReport(
            [
                .. Others(catalog.LeftOutOf(survey, cancellationToken), damage),
                .. await gone.FindAsync(survey, cancellationToken),
                .. misfits.Find(survey),
            ],
            damage
        );
    }

    /// <summary>
    /// The same after an operation, which a store that does not answer any more does not undo: that is told, too.
    /// </summary>
    /// <param name="read">
    /// Tables that the operation has compared with a listing by itself, with the damaged files that it came upon; a
    /// listing does not see them all.
    /// </param>
    /// <param name="before">Names of tables that were gone before it, and which it may have begun anew.</param>
    public async Task<LeftOutReport> AfterAsync(
        IReadOnlyList<TableSnapshot>? read = null,
        IReadOnlyCollection<string>? before = null
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
    /// The same of an operation that walks all tables; where it was given names, only what it came upon itself.
    /// </summary>
    /// <param name="named">The tables that were named.</param>
    /// <param name="failed">Tables that it came upon and could not go on with.</param>
    /// <param name="told">Tables of which the response says by itself what is wrong.</param>
    /// <param name="cancellationToken">Stops the look.</param>
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
    /// Names of tables that are gone; none where the store does not answer, which whoever needs it will say.
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

    // A table of which the damage says more is told once.
    private static IEnumerable<LeftOut> Others(IReadOnlyList<LeftOut> leftOut, LakeDamage damage)
    {
        var said = damage.Files.Select(f => f.Table.ToString()).ToHashSet(StringComparer.Ordinal);
        return leftOut.Where(l => l.Code != "TABLE_UNREADABLE" || !said.Contains(l.Name));
    }
}
