namespace Tidemark.Simulator.Tushare;

/// <summary>How the vendor sends a column's values in JSON.</summary>
public enum TushareType
{
    /// <summary>A string: codes, names, dates as YYYYMMDD.</summary>
    Text,

    /// <summary>A number without a fraction.</summary>
    Integer,

    /// <summary>A number, always with a fraction (<c>7.0</c>).</summary>
    Number,
}

/// <summary>A column of an API's answer.</summary>
/// <param name="IsDefault">Whether the vendor sends it when the caller names no fields.</param>
public sealed record TushareColumn(string Name, TushareType Type, bool IsDefault = true);

/// <summary>One of the vendor's APIs, as a caller sees it. Immutable.</summary>
public sealed record TushareApi
{
    public required string Name { get; init; }

    /// <summary>All columns in the order in which the vendor sends them.</summary>
    public required IReadOnlyList<TushareColumn> Columns { get; init; }

    /// <summary>The most rows in one answer.</summary>
    public required int RowCap { get; init; }

    /// <summary>
    /// The column that <c>start_date</c> and <c>end_date</c> bound; null when the API has no such parameters.
    /// </summary>
    public string? DateColumn { get; init; }

    /// <summary>The default values of parameters, for example <c>list_status=L</c>.</summary>
    public IReadOnlyDictionary<string, string> Defaults { get; init; } = new Dictionary<string, string>();

    /// <summary>At least one of these parameters must be given; empty when none is required.</summary>
    public IReadOnlyList<string> RequiresOneOf { get; init; } = [];

    /// <summary>
    /// Positions of the columns to send: the default columns when none is requested, else the requested ones that
    /// exist. Unknown names are silently ignored, and the columns keep the vendor's order.
    /// </summary>
    public IReadOnlyList<int> Select(IReadOnlyList<string> requested)
    {
        var selected = new List<int>(Columns.Count);
        for (var i = 0; i < Columns.Count; i++)
        {
            if (requested.Count == 0 ? Columns[i].IsDefault : requested.Contains(Columns[i].Name))
            {
                selected.Add(i);
            }
        }

        return selected;
    }
}
