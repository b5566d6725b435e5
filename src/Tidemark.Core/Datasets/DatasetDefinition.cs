using Tidemark.Core.Columns;

namespace Tidemark.Core.Datasets;

/// <summary>
/// What one unit of a dataset covers, and with it how the dataset is fetched: each has its axis in <c>Ingest/Axes</c>.
/// </summary>
public enum UnitGrain
{
    /// <summary>
    /// One open day of the dataset's calendar: asked for by that day, kept under <c>dt</c> = that day.
    /// </summary>
    TradingDay,

    /// <summary>
    /// The vendor's present list, kept under <c>dt</c> = the as-of day; past lists cannot be asked for.
    /// </summary>
    Snapshot,

    /// <summary>The rows of one symbol in a month, quarter or year: asked for by symbol and a range of days.</summary>
    Symbol,

    /// <summary>What is published of a month, quarter or year once it is over.</summary>
    Period,

    /// <summary>
    /// What was announced in a month, quarter or year: asked for by a range of days, and growing until that is over.
    /// </summary>
    Events,
}

/// <summary>
/// A thing worth having, declared in <c>definitions/datasets/*.yaml</c>: which vendor call brings it, what its columns
/// mean, when it is due. A new dataset is a new file and no code.
/// </summary>
public sealed record DatasetDefinition
{
    /// <summary>Vendor and call, for example <c>tushare.daily</c>.</summary>
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Vendor { get; init; }

    /// <summary>The title in Chinese; null when none is declared.</summary>
    public string? TitleZh { get; init; }

    /// <summary>Its batch of the plan, a word of <see cref="Batches.All"/>; null when it is of none.</summary>
    public string? Batch { get; init; }

    /// <summary>
    /// The flag of the rollout that has a say in it beside its batch's, a word of <see cref="FlagNames.OfDatasets"/>;
    /// null when none has.
    /// </summary>
    public string? Flag { get; init; }

    /// <summary>What an account needs to be let in; null when nobody has declared it.</summary>
    public AccountNeed? Needs { get; init; }

    /// <summary>The first day that the vendor has; null when it is not known.</summary>
    public DateOnly? History { get; init; }

    /// <summary>
    /// Whether it waits until somebody asks for it: a run that names no dataset does not plan it. Already false for one
    /// that the workspace has switched on.
    /// </summary>
    public bool IsStandby { get; init; }

    /// <summary>Whether the vendor has given it up: it is declared, and nothing plans it.</summary>
    public Retirement? Retired { get; init; }

    /// <summary>Whether a run that names no dataset plans it.</summary>
    public bool IsPlanned => !IsStandby && Retired is null;

    /// <summary>The vendor's name of the call.</summary>
    public required string Api { get; init; }

    /// <summary>The lake table in layer <c>ods</c>, for example <c>ods_daily</c>.</summary>
    public required string Table { get; init; }

    /// <summary>Whether the table has a folder a month instead of a day: better where a day has few rows.</summary>
    public bool IsKeptByMonth { get; init; }

    /// <summary>
    /// What users switch on and off and what steps are recorded under, for example <c>stock.market.daily</c>: a group,
    /// of one dataset or of several that serve the same purpose.
    /// </summary>
    public required string Module { get; init; }

    /// <summary>Whether another dataset is of the same module.</summary>
    public bool SharesModule { get; init; }

    /// <summary>
    /// The word that switches off this dataset and no other: its module while it is alone in it, else its id.
    /// </summary>
    public string Switch => SharesModule ? Id : Module;

    /// <summary>The asset class under which it is reported.</summary>
    public required Bucket Bucket { get; init; }

    public required UnitGrain Grain { get; init; }

    /// <summary>What a unit owes: what must be there before it counts as complete.</summary>
    public required ExpectedRows Expected { get; init; }

    /// <summary>
    /// How long the period of a unit is: a day of a trading day or a list, longer of the other grains.
    /// </summary>
    public PeriodKind Per { get; init; }

    /// <summary>What a unit has of its period; null when it has all.</summary>
    public PartSource? Part { get; init; }

    /// <summary>
    /// The same dataset, asked for by symbol and range of days: another axis, which a request for named symbols takes
    /// where it needs fewer calls. Null where it is not declared.
    /// </summary>
    public DatasetDefinition? BySymbol { get; init; }

    /// <summary>
    /// Whether the vendor has the present state alone: what it was on a past day cannot be had any more.
    /// </summary>
    public bool IsList => Grain == UnitGrain.Snapshot;

    /// <summary>
    /// Whether an answer has the newest rows alone, so that rows of the unit which it lacks, by their key, stay. Only
    /// of lists.
    /// </summary>
    public bool Accumulates { get; init; }

    /// <summary>
    /// Whether of the open days only the last of each week has rows: bars of weeks are labelled so.
    /// </summary>
    public bool IsWeekly { get; init; }

    /// <summary>Calendar whose open days are expected, for example <c>XSHG</c>.</summary>
    public required string Calendar { get; init; }

    /// <summary>Exchange-local time at which the vendor has a day's data.</summary>
    public required TimeOnly AvailableAt { get; init; }

    /// <summary>How long after <see cref="AvailableAt"/> an empty answer becomes evidence.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>Days after the trading day on which the data is due (0 = the same day).</summary>
    public int AvailableDaysLater { get; init; }

    /// <summary>
    /// Parameters of every call. In braces stands what differs between units: <c>{dt}</c> its day, <c>{from}</c> and
    /// <c>{to}</c> the days that are asked for,
    /// <c>{month}</c>, <c>{quarter}</c>, <c>{year}</c>, <c>{part}</c>. Days are YYYYMMDD unless they say otherwise:
    /// <c>{from:yyyy-MM-dd}</c>.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>A parameter with several values makes one call for each; their rows form one unit.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> FanOut { get; init; }

    /// <summary>The most rows that the vendor returns at once; as many as this means "ask for more".</summary>
    public required int RowCap { get; init; }

    /// <summary>
    /// What the vendor lets any account call of the api, where that is less than it allows otherwise; null = nothing is
    /// known. The workspace's own word on the api goes before it.
    /// </summary>
    public RateLimit? Limit { get; init; }

    /// <summary>
    /// How many rows a call brings, about: what a plan counts with as long as the lake has none. Null = not known.
    /// </summary>
    public long? UsualRows { get; init; }

    /// <summary>
    /// How many rows a day of one call may have, where days are asked for by a range: a range that might pass <see
    /// cref="RowCap"/> is asked for in pieces. Null = in one piece.
    /// </summary>
    public int? RowsADay { get; init; }

    /// <summary>
    /// Whether an answer has every day that the vendor has, whatever is asked for: rows of other days than the unit's
    /// are left out.
    /// </summary>
    public bool SendsAllDays { get; init; }

    /// <summary>
    /// The column whose day must be one of the unit's; null for snapshots, and where <see cref="PeriodColumn"/> says
    /// it.
    /// </summary>
    public string? DateColumn { get; init; }

    /// <summary>
    /// The text column that must name the unit's period as the vendor writes it (202206, 2022Q2, 2022); null when there
    /// is none.
    /// </summary>
    public string? PeriodColumn { get; init; }

    /// <summary>
    /// What identifies a row; empty when nothing does. Equal rows are legal then, and rows are compared as multisets.
    /// </summary>
    public required IReadOnlyList<string> Key { get; init; }

    public required IReadOnlyList<ColumnDefinition> Columns { get; init; }

    /// <summary>
    /// Whether an answer without any row (of a list: with far fewer than before) is ordinary rather than suspicious, so
    /// that it is nothing to ask again for. Not the same as that nothing is <see cref="Expected"/>: no day owes a block
    /// trade, and one without any is odd; each month owes its list of weights, but not of an index that has none yet.
    /// </summary>
    public bool EmptyIsOrdinary { get; init; }

    /// <summary>How rows prove what their volume and turnover count; null where they cannot.</summary>
    public UnitProof? UnitProof { get; init; }

    /// <summary>What becomes of answers with other columns.</summary>
    public DriftPolicies Drift { get; init; } = DriftPolicies.Default;

    /// <summary>Symbols without which the answer about a day is not believed; null when none are declared.</summary>
    public CanarySet? Canaries { get; init; }

    /// <summary>How many rows a day or a list must have; null for what its grain has without a declaration.</summary>
    public RowCountRule? RowCount { get; init; }

    /// <summary>What its rows say of instruments, as tags; null where they are not declared to.</summary>
    public TagSource? Tags { get; init; }

    /// <summary>What the values of columns must be.</summary>
    public IReadOnlyList<ColumnRule> Rules { get; init; } = [];

    /// <summary>
    /// The columns as an answer about days up to one may have them: those that begin later may be lacking, and are
    /// null then; where <see cref="Drift"/> says so, those on which nothing depends may be lacking, or have values of
    /// other types, too.
    /// </summary>
    public IReadOnlyList<ColumnDefinition> ColumnsUntil(DateOnly through) =>
        Drift is { OnMissing: not RulePolicy.Warn, OnRetyped: not RulePolicy.Warn }
        && Columns.All(column => column.Since is null || column.Since <= through)
            ? Columns
            : [.. Columns.Select(column => Until(column, through))];

    private ColumnDefinition Until(ColumnDefinition column, DateOnly through)
    {
        var isFree = !IsNeeded(column);
        return column with
        {
            Optional = column.Optional || column.Since > through || (isFree && Drift.OnMissing == RulePolicy.Warn),
            UnreadableIsNull = isFree && Drift.OnRetyped == RulePolicy.Warn,
        };
    }

    /// <summary>Whether rows cannot be told apart, or filed, without the column's value.</summary>
    private bool IsNeeded(ColumnDefinition column) =>
        !column.Nullable
        || Key.Contains(column.Name)
        || column.Name == DateColumn
        || column.Name == PeriodColumn
        || column.Name == Part?.Column;
}
