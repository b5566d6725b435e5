using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Lake;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Project;

namespace Tidemark.Operations.Tables;

/// <summary>
/// Finds tables that are wanted and existed before but are gone: their folder, or that of their layer, was removed, or
/// its disk is not mounted. The lake itself cannot show them. The runs that wrote them, the builds that made them and
/// the tables that were made from them can.
/// </summary>
/// <param name="lake">The lake with the tables that exist.</param>
/// <param name="runs">The runs with the units that they committed.</param>
/// <param name="built">The tables that were built.</param>
/// <param name="datasets">Gives the wanted datasets; called when a table is absent.</param>
/// <param name="warehouse">Gives the warehouse tables and their inputs; called when a table is absent.</param>
public sealed class GoneTables(
    DataLake lake,
    RunStore runs,
    BuiltTables built,
    Func<DatasetRegistry> datasets,
    Func<WarehouseProject> warehouse
)
{
    /// <summary>
    /// Each table with the command that brings it back, without those that the lake's survey names itself. An empty
    /// lake is reported as a whole: more likely it is not mounted, or somewhere else, than that everything is to be
    /// fetched again.
    /// </summary>
    /// <exception cref="TidemarkException">The store or the control database does not answer.</exception>
    public async Task<IReadOnlyList<LeftOut>> FindAsync(CancellationToken cancellationToken) =>
        await FindAsync(await lake.SurveyAsync(cancellationToken), cancellationToken);

    /// <summary>The same, where the lake was surveyed already.</summary>
    /// <exception cref="TidemarkException">The control database does not answer.</exception>
    public async Task<IReadOnlyList<LeftOut>> FindAsync(LakeSurvey survey, CancellationToken cancellationToken)
    {
        var gone = await EachAsync(survey, cancellationToken);
        return gone.Count > 0 && survey is { Tables: [], LeftOut: [] }
            ? [EmptyLake.Of(lake.Store, gone.Count, await CommittedDaysAsync(cancellationToken))]
            : gone;
    }

    /// <summary>The names of all of them, also where the lake is empty.</summary>
    /// <exception cref="TidemarkException">The store or the control database does not answer.</exception>
    public async Task<IReadOnlyCollection<string>> NamesAsync(CancellationToken cancellationToken) =>
        [.. (await EachAsync(await lake.SurveyAsync(cancellationToken), cancellationToken)).Select(l => l.Name)];

    private async Task<IReadOnlyList<LeftOut>> EachAsync(LakeSurvey survey, CancellationToken cancellationToken)
    {
        var known = survey
            .Tables.Select(t => t.Table.ToString())
            .Concat(survey.LeftOut.Where(l => l.Code != LeftOut.WithoutLogCode).Select(l => l.Name))
            .ToHashSet(StringComparer.Ordinal);
        bool IsAbsent(TableId id) => !known.Contains(id.ToString()) && !known.Contains(id.Layer);

        var gone = new SortedDictionary<TableId, (IReadOnlyList<TableId> Readers, string Remedy)>();
        if (Try(datasets) is { } registry)
        {
            foreach (var (dataset, days) in await WrittenAsync(registry, survey, IsAbsent, cancellationToken))
            {
                gone[TableDefinition.IdOf(dataset)] = ([], FetchOf(dataset, days));
            }
        }

        foreach (var input in await ReadAsync(survey, IsAbsent, cancellationToken))
        {
            var remedy = gone.TryGetValue(input.Key, out var written) ? written.Remedy : RemedyOf(input.Key);
            gone[input.Key] = ([.. input.Order()], remedy);
        }

        foreach (var id in await BuiltAsync(IsAbsent, cancellationToken))
        {
            gone.TryAdd(id, ([], RemedyOf(id)));
        }

        return [.. gone.Select(g => LeftOut.Gone(g.Key, g.Value.Readers, g.Value.Remedy))];
    }

    /// <summary>
    /// Among tables that were gone before a run and that it has begun anew, those that lack days committed by earlier
    /// runs.
    /// </summary>
    /// <param name="before">Names of tables that were gone before.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="TidemarkException">The store or the control database does not answer.</exception>
    public async Task<IReadOnlyList<LeftOut>> BegunAnewAsync(
        IReadOnlyCollection<string> before,
        CancellationToken cancellationToken
    )
    {
        if (before.Count == 0 || Try(datasets) is not { } registry)
        {
            return [];
        }

        var survey = await lake.SurveyAsync(cancellationToken);
        var committed = await CommittedAsync(cancellationToken);
        var shortened = new List<LeftOut>();
        foreach (var table in survey.Tables.Where(t => before.Contains(t.Table.ToString())))
        {
            if (
                registry.FindByTable(table.Table.Name) is { IsList: false } dataset
                && committed.FirstOrDefault(c => c.Dataset == dataset.Id) is { } days
                && DaysOf(dataset, [table]) is { Length: > 0 } standing
                && days.First < standing.Min()
            )
            {
                var lost = days with { Last = standing.Min().AddDays(-1) };
                shortened.Add(LeftOut.BegunAnew(table.Table, standing.Min(), FetchCommand(dataset, lost)));
            }
        }

        return shortened;
    }

    /// <summary>Absent tables of enabled datasets with rows that a run has committed.</summary>
    private async Task<IEnumerable<(DatasetDefinition Dataset, CommittedDays Days)>> WrittenAsync(
        DatasetRegistry registry,
        LakeSurvey survey,
        Func<TableId, bool> isAbsent,
        CancellationToken cancellationToken
    )
    {
        var absent = registry.All.Where(d => isAbsent(TableDefinition.IdOf(d))).ToArray();
        if (absent.Length == 0)
        {
            return [];
        }

        var committed = await CommittedAsync(cancellationToken);
        return absent
            .Join(committed, d => d.Id, c => c.Dataset, (d, c) => (Dataset: d, Days: c))
            .Where(w => !IsElsewhere(survey, w.Dataset, w.Days));
    }

    // Lists are fetched with any days, so the day of a list is no day to fetch again.
    private async Task<IReadOnlyList<CommittedDays>> CommittedDaysAsync(CancellationToken cancellationToken)
    {
        var known = (Try(datasets)?.All ?? [])
            .Where(d => !d.IsList)
            .Select(d => d.Id)
            .ToHashSet(StringComparer.Ordinal);
        return [.. (await CommittedAsync(cancellationToken)).Where(c => c.Dataset is { } id && known.Contains(id))];
    }

    /// <summary>
    /// The days that runs have committed, by dataset. Steps of older versions name a module, which had one dataset
    /// then.
    /// </summary>
    private async Task<IReadOnlyList<CommittedDays>> CommittedAsync(CancellationToken cancellationToken)
    {
        var modules = (Try(datasets)?.All ?? []).ToLookup(d => d.Module, d => d.Id, StringComparer.Ordinal);
        return CommittedDays.Merge(
            (await runs.CommittedAsync(cancellationToken)).Select(c =>
                c.Dataset is null && modules[c.Module].ToArray() is [var only] ? c with { Dataset = only } : c
            )
        );
    }

    /// <summary>Absent tables that a build made and that are still declared.</summary>
    private async Task<IEnumerable<TableId>> BuiltAsync(
        Func<TableId, bool> isAbsent,
        CancellationToken cancellationToken
    )
    {
        var absent = (await built.AllAsync(cancellationToken)).Where(isAbsent).ToArray();
        return absent.Length > 0 && Try(warehouse) is { } project
            ? absent.Intersect(project.Tables.Select(t => t.Id))
            : [];
    }

    /// <summary>
    /// Whether the committed rows of a dataset are in a table of another name that exists: the dataset got a new table
    /// name, and nothing was committed to the new table yet. The steps of runs name modules and days, not tables; days
    /// newer than all in the old table were committed to the new one. (Lists do not count: a list equal to the one
    /// before leaves no unit.)
    /// </summary>
    private static bool IsElsewhere(LakeSurvey survey, DatasetDefinition dataset, CommittedDays committed) =>
        DaysOf(dataset, survey.Tables) is { Length: > 0 } days && !(!dataset.IsList && committed.Last > days.Max());

    /// <summary>The days of a dataset's units in all tables.</summary>
    private static DateOnly[] DaysOf(DatasetDefinition dataset, IEnumerable<TableSnapshot> tables) =>
        [
            .. tables
                .Where(t => t.Table.Layer == "ods")
                .SelectMany(t => t.Units)
                .Select(text => UnitId.TryParse(text, out var unit) && unit.Dataset == dataset.Id ? unit.Day : default)
                .Where(day => day != default),
        ];

    /// <summary>Absent tables that existing ones were made from, with those of them that are still built.</summary>
    private async Task<ILookup<TableId, TableId>> ReadAsync(
        LakeSurvey survey,
        Func<TableId, bool> isAbsent,
        CancellationToken cancellationToken
    )
    {
        var pairs = new List<(TableId Input, TableId Reader)>();
        foreach (var table in survey.Tables.Where(t => t.IsOurs && t.Table.Layer != "ods"))
        {
            var inputs = await lake.Table(table.Table).InputsAsync(table, cancellationToken);
            pairs.AddRange(inputs.Keys.Select(TableId.Parse).Where(isAbsent).Select(input => (input, table.Table)));
        }

        if (pairs.Count > 0 && Try(warehouse) is { } project)
        {
            var read = project.Tables.SelectMany(t => t.Inputs.Select(i => (i.Table, t.Id))).ToHashSet();
            pairs.RemoveAll(p => !read.Contains(p));
        }

        return pairs.ToLookup(p => p.Input, p => p.Reader);
    }

    private string RemedyOf(TableId table) =>
        table.Layer == "ods" ? $"fetch its days anew: {FetchOf(table)}" : $"make it again: `tidemark build {table}`";

    private string FetchOf(TableId table)
    {
        var registry = Try(datasets);
        return registry?.FindByTable(table.Name) is { } dataset ? FetchCommand(dataset, null)
            : registry?.Off.FirstOrDefault(d => d.Table == table.Name) is { } off
                ? $"take {off.Id} out of 'off' in tidemark.yaml, then {FetchCommand(off, null)}"
            : "`tidemark run`";
    }

    private static string FetchOf(DatasetDefinition dataset, CommittedDays days) =>
        $"fetch its days anew: {FetchCommand(dataset, days)}";

    // Only the present version of a list can be fetched.
    private static string FetchCommand(DatasetDefinition dataset, CommittedDays? days) =>
        !dataset.IsList && days is { First: { } first, Last: { } last }
            ? $"`tidemark backfill --from {first.ToIso()} --to {last.ToIso()} --datasets {dataset.Id}`"
            : $"`tidemark run --datasets {dataset.Id}`";

    // The code that uses the definitions reports their faults.
    private static T? Try<T>(Func<T> load)
        where T : class
    {
        try
        {
            return load();
        }
        catch (TidemarkException)
        {
            return null;
        }
    }
}
