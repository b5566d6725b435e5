using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;

namespace Tidemark.Control.Runs;

/// <summary>A run as it starts.</summary>
/// <param name="AsOf">The latest finished trading day that it is about; null when not known yet.</param>
/// <param name="MetaJson">A JSON object, or null.</param>
/// <param name="Id">The run's id where it was made before (<see cref="RunStore.NewId"/>); null for a new one.</param>
/// <param name="At">
/// When it began, which is before it was planned; null for the moment at which it is written down.
/// </param>
public sealed record RunStart(
    Pool Scope,
    RunMode Mode,
    DateOnly? AsOf,
    string? MetaJson = null,
    string? Id = null,
    DateTimeOffset? At = null
);

/// <summary>
/// How a run ended. <c>Rows</c> − <c>Inserted</c> − <c>Updated</c> rows were there before, unchanged.
/// </summary>
/// <param name="Symbols">Instruments covered.</param>
/// <param name="Rows">Rows committed.</param>
/// <param name="Inserted">Keys new to their table.</param>
/// <param name="Updated">Keys whose values changed.</param>
/// <param name="Errors">Units that failed.</param>
/// <param name="ErrorMessage">The first error, or null.</param>
/// <param name="MetaJson">Replaces what the run started with; null = that stays.</param>
/// <param name="AsOf">Replaces what the run started with; null = that stays.</param>
public sealed record RunResult(
    RunStatus Status,
    long Symbols = 0,
    long Rows = 0,
    long Inserted = 0,
    long Updated = 0,
    long Errors = 0,
    string? ErrorMessage = null,
    string? MetaJson = null,
    DateOnly? AsOf = null
);

/// <summary>A row of <c>ingest_runs</c>.</summary>
public sealed record RunRow(
    string Id,
    Pool Scope,
    RunMode Mode,
    RunStatus Status,
    DateOnly? AsOf,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    DateTimeOffset HeartbeatAt,
    long Symbols,
    long Inserted,
    long Updated,
    long Rows,
    long Errors,
    string? ErrorMessage,
    string? MetaJson
);

/// <summary>What one upsert did: input rows = inserted + updated + unchanged.</summary>
/// <param name="Inserted">Keys that are new.</param>
/// <param name="Updated">Keys whose values changed.</param>
/// <param name="Unchanged">Keys that are as they were.</param>
/// <param name="Removed">Keys of the unit that are gone.</param>
/// <param name="Version">The table's version with them; null where nobody knows.</param>
public sealed record RowsWritten(long Inserted, long Updated, long Unchanged, long Removed, long? Version);

/// <summary>A row of <c>ingest_step_runs_v1</c>: one stage of one module and key inside one run.</summary>
/// <param name="StepId"><c>module[:key]:stage</c>, see <see cref="Id"/>.</param>
/// <param name="Scope">Pool of the run.</param>
/// <param name="Domain">The bucket or data domain; null where there is none.</param>
/// <param name="InputRows">Rows that came in; null while running.</param>
/// <param name="OutputRows">Rows that went on; null while running.</param>
/// <param name="DroppedRows">Rows that did not; null while running.</param>
public sealed record StepRow(
    string StepId,
    Pool Scope,
    string? Domain,
    string? Module,
    StepStage Stage,
    StepStatus Status,
    long? InputRows,
    long? OutputRows,
    long? DroppedRows,
    string? ErrorMessage,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt
)
{
    /// <summary>
    /// Rows of the lake that went on beside those that came, because the vendor sends the newest alone: input + kept −
    /// dropped = output.
    /// </summary>
    public long? KeptRows { get; init; }

    /// <summary>Why rows were dropped.</summary>
    public DropCounts Drops { get; init; }

    /// <summary>Of an upsert: what the rows changed; null of other stages and older versions.</summary>
    public RowsWritten? Written { get; init; }

    /// <param name="module">For example <c>stock.market.daily</c>.</param>
    /// <param name="key">A day or symbol; null when the module has one step a stage.</param>
    public static string Id(string module, string? key, StepStage stage) =>
        key is null ? $"{module}:{stage.Name()}" : $"{module}:{key}:{stage.Name()}";
}

/// <summary>The days of which runs have committed rows of a dataset; null where its steps have none.</summary>
/// <param name="Module">Its module.</param>
/// <param name="Dataset">Its id; null in steps of older versions, which had one dataset a module.</param>
/// <param name="First">The first day.</param>
/// <param name="Last">The last day.</param>
public sealed record CommittedDays(string Module, string? Dataset, DateOnly? First, DateOnly? Last)
{
    /// <summary>From the keys of the first and the last step: units, or days.</summary>
    internal static CommittedDays Of(string module, string first, string last)
    {
        var isUnit = UnitId.TryParse(first, out var from) & UnitId.TryParse(last, out var to);
        return isUnit
            ? new CommittedDays(module, from.Dataset, from.Day, to.LastDay)
            : new CommittedDays(module, null, DayOf(first), DayOf(last));
    }

    /// <summary>One for each dataset.</summary>
    public static List<CommittedDays> Merge(IEnumerable<CommittedDays> groups) =>
        [
            .. groups
                .GroupBy(g => (g.Module, g.Dataset))
                .Select(g => new CommittedDays(g.Key.Module, g.Key.Dataset, g.Min(d => d.First), g.Max(d => d.Last))),
        ];

    private static DateOnly? DayOf(string key) => TradeDate.TryParseIso(key, out var day) ? day : null;
}

/// <summary>A run with its steps, in the order in which they started.</summary>
public sealed record RunDetail(RunRow Run, IReadOnlyList<StepRow> Steps);
