using System.Collections.Frozen;

namespace Tidemark.Simulator.Tushare;

/// <summary>A row of the table of APIs, written briefly.</summary>
internal static class ApiRow
{
    /// <param name="name">The vendor's name.</param>
    /// <param name="rowCap">The most rows in one answer.</param>
    /// <param name="points">What an account needs; <see cref="TushareApi.Purchased"/> for what is bought.</param>
    /// <param name="columns">
    /// <c>name</c> (text), <c>name!</c> (integer) or <c>name#</c> (number); a dash behind hides a column by default.
    /// </param>
    /// <param name="date">The column that a range bounds.</param>
    /// <param name="range">The two parameters of the range.</param>
    /// <param name="filters"><c>ts_code</c>, or <c>m=month</c> where parameter and column differ.</param>
    /// <param name="defaults"><c>exchange=SSE</c>.</param>
    /// <param name="oneOf">Of these parameters at least one is needed.</param>
    /// <param name="needs">All of these parameters are needed.</param>
    /// <param name="perMinute">The vendor's limit for this API alone.</param>
    public static TushareApi Api(
        string name,
        int rowCap,
        int points,
        string columns,
        string? date = null,
        string range = "start_date end_date",
        string filters = "",
        string defaults = "",
        string oneOf = "",
        string needs = "",
        int? perMinute = null
    ) =>
        new()
        {
            Name = name,
            RowCap = rowCap,
            Points = points,
            Columns = [.. columns.Split(' ').Select(Column)],
            DateColumn = date,
            Range = (range.Split(' ')[0], range.Split(' ')[1]),
            Filters = [.. Words(filters).Select(Pair)],
            Defaults = Words(defaults).Select(Pair).ToFrozenDictionary(pair => pair.Left, pair => pair.Right),
            RequiresOneOf = Words(oneOf),
            Requires = Words(needs),
            CallsPerMinute = perMinute,
        };

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static (string Left, string Right) Pair(string text)
    {
        var sign = text.IndexOf('=', StringComparison.Ordinal);
        return sign < 0 ? (text, text) : (text[..sign], text[(sign + 1)..]);
    }

    private static TushareColumn Column(string text)
    {
        var isDefault = !text.EndsWith('-');
        var name = text.TrimEnd('-');
        return name[^1] switch
        {
            '#' => new TushareColumn(name[..^1], TushareType.Number, isDefault),
            '!' => new TushareColumn(name[..^1], TushareType.Integer, isDefault),
            _ => new TushareColumn(name, TushareType.Text, isDefault),
        };
    }
}
