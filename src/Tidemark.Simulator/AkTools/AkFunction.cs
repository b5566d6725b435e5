using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.AkTools;

/// <summary>How AKTools writes a column's values in JSON.</summary>
internal enum AkType
{
    /// <summary>Text as it is; days of some functions are one.</summary>
    Text,

    /// <summary>A number without a fraction.</summary>
    Integer,

    /// <summary>A number, always with a fraction (<c>10.0</c>), of ten decimals at most.</summary>
    Number,

    /// <summary>A day as a moment: <c>2024-05-28T00:00:00.000</c>.</summary>
    Day,

    /// <summary>A day as text: <c>2024-05-28</c>.</summary>
    DayText,

    /// <summary>A moment in UTC: <c>2024-12-26T08:11:57.000Z</c>. The cell counts milliseconds since 1970.</summary>
    Moment,
}

/// <summary>A column of a function's answer.</summary>
internal sealed record AkColumn(string Name, AkType Type);

/// <summary>A keyword argument of a function.</summary>
/// <param name="Default">What the function uses when a call leaves it out.</param>
/// <param name="Allowed">
/// The only values that it knows, any other being a KeyError in Python; empty = any text.
/// </param>
/// <param name="IsNumber">Whether it does arithmetic with the value, which fails: values arrive as texts.</param>
internal sealed record AkParameter(string Name, string Default, IReadOnlyList<string> Allowed, bool IsNumber);

/// <summary>A table, before it is JSON. Rows have a cell for each column.</summary>
internal sealed record AkAnswer(IReadOnlyList<AkColumn> Columns, IEnumerable<Cell[]> Rows);

/// <summary>A public function of AkShare. Immutable.</summary>
/// <param name="Name">As AkShare names it.</param>
/// <param name="Family">The hosts that it scrapes, which fail together: <c>eastmoney</c>, <c>sina</c>.</param>
/// <param name="Parameters">All of its keyword arguments.</param>
/// <param name="Answer">Makes the table; null where the function returns None.</param>
internal sealed record AkFunction(
    string Name,
    string Family,
    IReadOnlyList<AkParameter> Parameters,
    Func<AkCall, AkAnswer?> Answer
)
{
    /// <summary>A function with the same columns whatever it is asked for.</summary>
    /// <param name="name">AkShare's name.</param>
    /// <param name="family">The hosts.</param>
    /// <param name="parameters">See <see cref="ReadParameters"/>.</param>
    /// <param name="columns">See <see cref="ReadColumns"/>.</param>
    /// <param name="rows">Its rows, in the order of the answer.</param>
    public static AkFunction Of(
        string name,
        string family,
        string parameters,
        string columns,
        Func<AkCall, IEnumerable<Cell[]>> rows
    )
    {
        var read = ReadColumns(columns);
        return new AkFunction(name, family, ReadParameters(parameters), call => new AkAnswer(read, rows(call)));
    }

    /// <summary>
    /// Parameters written briefly: <c>name=default</c>; <c>name=default|other</c> when no other value is known;
    /// <c>name#</c> when it must be a number.
    /// </summary>
    public static IReadOnlyList<AkParameter> ReadParameters(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ReadParameter)];

    /// <summary>
    /// Columns written briefly: <c>name</c> (text), <c>name!</c> (integer), <c>name#</c> (number), <c>name@</c> (day),
    /// <c>name~</c> (day as text), <c>name^</c> (moment).
    /// </summary>
    public static IReadOnlyList<AkColumn> ReadColumns(string text) => [.. text.Split(' ').Select(ReadColumn)];

    private static AkParameter ReadParameter(string text)
    {
        if (text.EndsWith('#'))
        {
            return new AkParameter(text[..^1], "", [], IsNumber: true);
        }

        var sign = text.IndexOf('=', StringComparison.Ordinal);
        var values = text[(sign + 1)..].Split('|');
        return new AkParameter(text[..sign], values[0], values.Length > 1 ? values : [], IsNumber: false);
    }

    private static AkColumn ReadColumn(string text) =>
        text[^1] switch
        {
            '!' => new AkColumn(text[..^1], AkType.Integer),
            '#' => new AkColumn(text[..^1], AkType.Number),
            '@' => new AkColumn(text[..^1], AkType.Day),
            '~' => new AkColumn(text[..^1], AkType.DayText),
            '^' => new AkColumn(text[..^1], AkType.Moment),
            _ => new AkColumn(text, AkType.Text),
        };
}
