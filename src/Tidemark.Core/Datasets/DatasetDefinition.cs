using Tidemark.Core.Columns;

namespace Tidemark.Core.Datasets;

/// <summary>What one unit of a dataset covers.</summary>
public enum UnitGrain
{
    /// <summary>One open day of the dataset's calendar: asked for by that day, kept under <c>dt</c> = that day.</summary>
    TradingDay,

    /// <summary>The vendor's present list, kept under <c>dt</c> = the as-of day; past lists cannot be asked for.</summary>
    Snapshot,
}

/// <summary>
/// A thing worth having, declared in <c>definitions/datasets/*.yaml</c>: which vendor call brings it, what its columns mean,
/// when it is due. A new dataset is a new file and no code.
/// </summary>
public sealed record DatasetDefinition
{
    /// <summary>Vendor and call, for example <c>tushare.daily</c>.</summary>
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Vendor { get; init; }

    /// <summary>The vendor's name of the call.</summary>
    public required string Api { get; init; }

    /// <summary>The lake table in layer <c>ods</c>, for example <c>ods_daily</c>.</summary>
    public required string Table { get; init; }

    /// <summary>Whether the table has a folder a month instead of a day: better where a day has few rows.</summary>
    public bool IsKeptByMonth { get; init; }

    /// <summary>What users switch on and off and what steps are recorded under, for example <c>stock.market.daily</c>.</summary>
    public required string Module { get; init; }

    /// <summary>Asset bucket: stock, etf, index, futures, spot, fx, macro or global.</summary>
    public required string Bucket { get; init; }

    public required UnitGrain Grain { get; init; }

    /// <summary>Calendar whose open days are expected, for example <c>XSHG</c>.</summary>
    public required string Calendar { get; init; }

    /// <summary>Exchange-local time at which the vendor has a day's data.</summary>
    public required TimeOnly AvailableAt { get; init; }

    /// <summary>How long after <see cref="AvailableAt"/> an empty answer becomes evidence.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>Days after the trading day on which the data is due (0 = the same day).</summary>
    public int AvailableDaysLater { get; init; }

    /// <summary>Parameters of every call; <c>{dt}</c> stands for the unit's day as YYYYMMDD.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>A parameter with several values makes one call for each; their rows form one unit.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> FanOut { get; init; }

    /// <summary>The most rows that the vendor returns at once; as many as this means "ask for more".</summary>
    public required int RowCap { get; init; }

    /// <summary>The column that must equal the unit's day; null for snapshots.</summary>
    public string? DateColumn { get; init; }

    public required IReadOnlyList<string> Key { get; init; }

    public required IReadOnlyList<ColumnDefinition> Columns { get; init; }

    /// <summary>Whether a day without any row is ordinary (suspensions) rather than suspicious (prices).</summary>
    public bool EmptyIsOrdinary { get; init; }
}
