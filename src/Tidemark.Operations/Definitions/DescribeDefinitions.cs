using System.Globalization;
using Tidemark.Completeness.Evaluation;
using Tidemark.Core.Datasets;
using Tidemark.Core.Sessions;
using Tidemark.Definitions;
using Tidemark.Definitions.Calendars;
using Tidemark.Definitions.Checks;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Yaml;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Project;

namespace Tidemark.Operations.Definitions;

/// <summary>How many definitions of a kind are in force, and whose.</summary>
/// <param name="Kind">The folder below <c>definitions/</c>.</param>
/// <param name="Shipped">In force as they came with the program.</param>
/// <param name="Own">In force from the workspace's folder.</param>
/// <param name="Replaced">The shipped ones whose place an own one has taken, by id.</param>
public sealed record DefinitionCounts(string Kind, int Shipped, int Own, IReadOnlyList<string> Replaced);

/// <summary>A definition that is not used.</summary>
/// <param name="Kind"><c>dataset</c>, <c>check</c> or <c>table</c>.</param>
/// <param name="Id">Which.</param>
/// <param name="Because">Why.</param>
public sealed record DefinitionOff(string Kind, string Id, string Because);

/// <summary>What is declared in a workspace.</summary>
/// <param name="Kinds">Counts by kind.</param>
/// <param name="Off">What is switched off, and what is not used because of that.</param>
/// <param name="Notes">What is used and lacks something that is off.</param>
/// <param name="LeftOut">What cannot be used, because its file has faults or it needs one that has.</param>
public sealed record DefinitionsReport(
    IReadOnlyList<DefinitionCounts> Kinds,
    IReadOnlyList<DefinitionOff> Off,
    IReadOnlyList<string> Notes,
    IReadOnlyList<DefinitionFault> LeftOut
)
{
    /// <summary>Of the bundle, as runs record it.</summary>
    public string Fingerprint { get; init; } = "";
}

/// <summary>Tells which definitions are shipped, which the workspace's own, and what <c>off:</c> does.</summary>
public sealed class DescribeDefinitions(
    DefinitionFolders folders,
    DefinitionBundle definitions,
    DatasetRegistry datasets,
    CheckRegistry checks,
    WarehouseProject warehouse,
    SessionRules sessions
)
{
    private static readonly DefinitionKind[] s_kinds =
    [
        DatasetRegistry.Kind,
        CheckRegistry.Kind,
        CalendarFiles.Kind,
        WarehouseProject.Kind,
        CatalogScripts.Kind,
    ];

    public DefinitionsReport Describe() =>
        new(
            [.. s_kinds.Select(Count)],
            [
                .. datasets.Off.Select(d => new DefinitionOff(
                    "dataset",
                    d.Id,
                    "'off' names it, its module or its table"
                )),
                .. checks.Off.Select(c => new DefinitionOff("check", c.Id, c.Because)),
                .. warehouse.Off.Select(t => new DefinitionOff("table", t.Id.ToString(), t.Because)),
            ],
            [.. datasets.Off.SelectMany(Notes), .. datasets.All.Select(TooEarly).OfType<string>()],
            [.. definitions.LeftOut, .. CheckConditions.Find(checks.All).Select(Fault), .. warehouse.LeftOut]
        )
        {
            Fingerprint = definitions.Fingerprint,
        };

    private static DefinitionFault Fault(CheckFault fault) =>
        new(
            "check",
            fault.Check.Id,
            fault.Error.Code,
            [new YamlProblem(new YamlOrigin(fault.Check.File, 0), fault.Error.Message)]
        );

    private DefinitionCounts Count(DefinitionKind kind)
    {
        var files = folders.Read(kind);
        return new DefinitionCounts(kind.Folder, files.Shipped, files.Own, [.. files.Replaced.Select(file => file.Id)]);
    }

    private IEnumerable<string> Notes(DatasetDefinition off)
    {
        var table = TableDefinition.Of(off).Id;
        foreach (var reader in warehouse.Tables.Where(t => t.Inputs.Any(i => i.Table == table)))
        {
            yield return $"{reader.Id} reads {table} of {off.Id}, which is off: it gets no new rows";
        }

        foreach (var check in checks.All.Where(c => c.Suspensions?.Dataset.Id == off.Id))
        {
            yield return $"{check.Id} excuses suspended days by {off.Id}, which is off: they count as missing";
        }
    }

    /// <summary>
    /// A day's volume is final when the last trade can be no more. Data that is due between the close and that moment
    /// was declared for hours that are over; what is due before the close (factors, limits) is no summary of the day.
    /// </summary>
    private string? TooEarly(DatasetDefinition dataset) =>
        dataset is { Grain: UnitGrain.TradingDay, AvailableDaysLater: 0 }
        && sessions.LongestSession(dataset.Calendar) is { } session
        && dataset.AvailableAt >= session.Close
        && dataset.AvailableAt < session.End
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{dataset.Id} is due at {dataset.AvailableAt:HH:mm}, but {dataset.Calendar} trades until {session.End:HH:mm}: give it a later 'available'"
            )
            : null;
}
