namespace Tidemark.Operations.Definitions;

/// <summary>Whether a dataset is used.</summary>
public static class DatasetState
{
    public const string On = "on";

    /// <summary>The workspace does without it.</summary>
    public const string Off = "off";

    /// <summary>It waits until <c>on</c> or a command names it.</summary>
    public const string Standby = "standby";

    /// <summary>Its vendor has given it up.</summary>
    public const string Retired = "retired";

    /// <summary>It cannot be used.</summary>
    public const string LeftOut = "left_out";
}

/// <summary>A dataset in the list of all. What cannot be read of one that is left out is null.</summary>
/// <param name="Id">Vendor and call.</param>
/// <param name="State">A word of <see cref="DatasetState"/>.</param>
/// <param name="Module">What switches it on and off.</param>
/// <param name="Bucket">Its asset bucket.</param>
/// <param name="Batch">Its batch of the plan; null when it is of none.</param>
/// <param name="Grain">What a unit covers.</param>
/// <param name="Per">How long a unit is; null where that is a day.</param>
/// <param name="Parts">How a unit's period is divided; null where it is fetched whole.</param>
/// <param name="Table">The table that it fills.</param>
/// <param name="Origin"><c>shipped</c> or <c>own</c>.</param>
/// <param name="File">Where it is declared.</param>
/// <param name="Because">Why it is not on; null where it is.</param>
public sealed record DatasetEntry(
    string Id,
    string State,
    string? Module,
    string? Bucket,
    string? Batch,
    string? Grain,
    string? Per,
    string? Parts,
    string? Table,
    string Origin,
    string File,
    string? Because
)
{
    /// <summary>How it is fetched, in short; empty where nobody can tell.</summary>
    public string Fetched() =>
        string.Join(", ", new[] { Per is null ? Grain : $"{Grain} ({Per})", Parts }.Where(text => text is not null));
}

/// <summary>Every dataset.</summary>
/// <param name="Datasets">Ordered by id.</param>
public sealed record DatasetsResponse(IReadOnlyList<DatasetEntry> Datasets)
{
    public Verdict Verdict =>
        Datasets.Any(each => each.State == DatasetState.LeftOut) ? Verdict.Incomplete : Verdict.Done;
}

/// <summary>Describe one dataset.</summary>
/// <param name="Dataset">Its id, or the part after the dot.</param>
public sealed record DatasetRequest(string Dataset);

/// <summary>Everything that a dataset declares, with what was left to defaults.</summary>
public sealed record DatasetDescription(
    string Id,
    string State,
    string? Because,
    string Title,
    string? TitleZh,
    string Vendor,
    string Api,
    string Module,
    string Bucket,
    string? Batch,
    string? Flag,
    string? Points,
    string? History,
    string Table,
    string Partition,
    string Grain,
    string Expected,
    string? Per,
    DatasetPart Part,
    DatasetAxis BySymbol,
    string Calendar,
    DatasetAvailable Available,
    DatasetCall Request,
    string? DateColumn,
    string? PeriodColumn,
    bool EmptyIsOrdinary,
    bool Accumulates,
    DatasetUnitProof UnitProof,
    DatasetDrift Drift,
    IReadOnlyList<DatasetRule> Rules,
    IReadOnlyList<string> Key,
    IReadOnlyList<DatasetColumn> Columns,
    string Origin,
    string File
);

/// <summary>Into which parts units are divided; nothing but nulls and no values where they are not.</summary>
public sealed record DatasetPart(
    string? Column,
    IReadOnlyList<string> Values,
    string? SymbolsOf,
    string? Symbol,
    string? Listed,
    string? Delisted,
    string? Where,
    string? Sample
);

/// <summary>
/// How a dataset of whole days may also be asked for, by symbol and range of days; nulls and no parameters where it may
/// not.
/// </summary>
/// <param name="SymbolsOf">The list whose symbols can be asked for.</param>
/// <param name="Column">The column that names the symbol in every row.</param>
/// <param name="Params">The parameters of its calls.</param>
public sealed record DatasetAxis(string? SymbolsOf, string? Column, IReadOnlyDictionary<string, string> Params);

/// <summary>The columns by which rows prove their units; nothing but nulls where they cannot.</summary>
/// <param name="Scale">What turnover over volume is multiplied by to be a price.</param>
/// <param name="OnOther"><c>warn</c> or <c>block</c>.</param>
public sealed record DatasetUnitProof(
    string? Volume,
    string? Amount,
    string? Low,
    string? High,
    double? Scale,
    string? OnOther
);

/// <summary>
/// What becomes of a unit whose answer has other columns or types: <c>warn</c> or <c>block</c>, of new ones also
/// <c>adopt</c>.
/// </summary>
public sealed record DatasetDrift(string OnNewColumn, string OnMissing, string OnRetyped);

/// <summary>What the values of a column must be.</summary>
/// <param name="Column">The column.</param>
/// <param name="Min">The least value.</param>
/// <param name="Above">Every value is greater.</param>
/// <param name="Max">The greatest value.</param>
/// <param name="NotAbove">A column whose value in the same row is not less.</param>
/// <param name="Nulls">The share of a unit's rows that may lack it.</param>
/// <param name="OnBreak"><c>warn</c> or <c>block</c>.</param>
public sealed record DatasetRule(
    string Column,
    double? Min,
    double? Above,
    double? Max,
    string? NotAbove,
    double? Nulls,
    string OnBreak
);

/// <summary>When the vendor has it.</summary>
/// <param name="At">The exchange's time.</param>
/// <param name="Grace">Minutes after which an empty answer is evidence.</param>
/// <param name="DaysLater">Days after the day itself.</param>
public sealed record DatasetAvailable(string At, int Grace, int DaysLater);

/// <summary>How the vendor is asked.</summary>
public sealed record DatasetCall(
    IReadOnlyDictionary<string, string> Params,
    IReadOnlyDictionary<string, IReadOnlyList<string>> FanOut,
    int RowCap,
    int? RowsADay
)
{
    /// <summary>Calls that any account may make, like <c>100/min</c>; null where nothing is declared.</summary>
    public string? Limit { get; init; }
}

/// <summary>A column as it is declared.</summary>
public sealed record DatasetColumn(
    string Name,
    string Type,
    string? Unit,
    bool Nullable,
    bool Optional,
    string? Since,
    string Field,
    string? Alias,
    string? About,
    string? Zh
);
