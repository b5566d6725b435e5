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

    /// <summary>All of these parameters must be given.</summary>
    public IReadOnlyList<string> Requires { get; init; } = [];

    /// <summary>The vendor's own words when none of <see cref="RequiresOneOf"/> is given; null for the usual.</summary>
    public string? MissingText { get; init; }

    /// <summary>The parameters that bound <see cref="DateColumn"/>, both ends included.</summary>
    public (string From, string Until) Range { get; init; } = ("start_date", "end_date");

    /// <summary>
    /// Parameters that choose rows by a column's value, as comma lists. An API's other parameters are its own code's.
    /// </summary>
    public IReadOnlyList<(string Parameter, string Column)> Filters { get; init; } = [];

    /// <summary>
    /// The points that an account needs; <see cref="Purchased"/> when no number of points opens it.
    /// </summary>
    public int Points { get; init; }

    /// <summary>The points of an API that is bought by itself.</summary>
    public const int Purchased = int.MaxValue;

    /// <summary>The vendor's limit for this API alone; null where the account's tier decides.</summary>
    public int? CallsPerMinute { get; init; }

    /// <summary>Whether the names of columns come in capitals when the caller names none.</summary>
    public bool ShoutsByDefault { get; init; }

    /// <summary>
    /// Positions of the columns to send: the default columns when none is requested, else the requested ones that
    /// exist. Unknown names are silently ignored, and the columns keep the vendor's order.
    /// </summary>
    public IReadOnlyList<int> Select(IReadOnlyList<string> requested)
    {
        var selected = new List<int>(Columns.Count);
        for (var i = 0; i < Columns.Count; i++)
        {
            if (requested.Count == 0 ? Columns[i].IsDefault : Spelling(requested, Columns[i].Name) is not null)
            {
                selected.Add(i);
            }
        }

        return selected;
    }

    /// <summary>A column's name as the answer spells it.</summary>
    public string NameFor(int column, IReadOnlyList<string> requested)
    {
        var name = Columns[column].Name;
        return !ShoutsByDefault ? name
            : requested.Count == 0 ? name.ToUpperInvariant()
            : Spelling(requested, name) ?? name;
    }

    private string? Spelling(IReadOnlyList<string> requested, string name)
    {
        var comparison = ShoutsByDefault ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return requested.FirstOrDefault(r => r.Equals(name, comparison));
    }
}
