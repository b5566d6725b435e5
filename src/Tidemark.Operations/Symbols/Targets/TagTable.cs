using Tidemark.Core;
using Tidemark.Core.Answers;
using Tidemark.Core.Datasets;

namespace Tidemark.Operations.Symbols.Targets;

/// <summary>What one row of a list says of an instrument.</summary>
/// <param name="Symbol">The instrument.</param>
/// <param name="From">The first day on which it holds; null means always.</param>
/// <param name="To">The first day on which it does not; null means never.</param>
/// <param name="Values">A value for each column of the source, null where it has none.</param>
internal sealed record TagRow(string Symbol, DateOnly? From, DateOnly? To, IReadOnlyList<string?> Values)
{
    public bool Holds(DateOnly day) => !(day < From) && !(day >= To);
}

/// <summary>The rows of a list that is a <see cref="TagSource"/>. Immutable.</summary>
internal sealed class TagTable(DatasetDefinition dataset, IReadOnlyList<TagRow> rows)
{
    private const int Fixed = 3;

    /// <summary>How it is kept: a row each; a dot stands before a value that is there.</summary>
    public static AnswerShape<IReadOnlyList<TagRow>> Shape { get; } =
        new(
            rows => new AnswerTable([.. rows.Select(Fields)]),
            table =>
                [
                    .. table.Rows.Select(r => new TagRow(
                        r[0],
                        DayOf(r[1]),
                        DayOf(r[2]),
                        [.. r.Skip(Fixed).Select(v => v.Length == 0 ? null : v[1..])]
                    )),
                ]
        );

    public DatasetDefinition Dataset => dataset;

    public IReadOnlyList<TagRow> Rows => rows;

    /// <summary>The columns of a source in the order of <see cref="TagRow.Values"/>.</summary>
    public static IReadOnlyList<string> ColumnsOf(TagSource source) =>
        [.. source.By.Values.SelectMany(c => c).Distinct(StringComparer.Ordinal)];

    /// <summary>Whom it gives a tag on a day.</summary>
    public IEnumerable<string> Having(string prefix, string value, DateOnly day)
    {
        var places = PlacesOf(prefix);
        return rows.Where(r => places.Any(p => Is(r.Values[p], value)) && r.Holds(day)).Select(r => r.Symbol);
    }

    /// <summary>The instruments on a day under each value of a prefix; values go by their first column.</summary>
    public IEnumerable<(string Value, string Symbol)> Values(string prefix, DateOnly day)
    {
        var place = PlacesOf(prefix)[0];
        return rows.Where(r => r.Values[place] is { Length: > 0 } && r.Holds(day))
            .Select(r => (r.Values[place]!, r.Symbol));
    }

    /// <summary>Every instrument that it lists on a day.</summary>
    public IEnumerable<string> Listed(DateOnly day) => rows.Where(r => r.Holds(day)).Select(r => r.Symbol);

    private static bool Is(string? value, string wanted) =>
        string.Equals(value, wanted, StringComparison.OrdinalIgnoreCase);

    private static IReadOnlyList<string> Fields(TagRow row) =>
        [
            row.Symbol,
            row.From?.ToIso() ?? "",
            row.To?.ToIso() ?? "",
            .. row.Values.Select(v => v is null ? "" : $".{v}"),
        ];

    private static DateOnly? DayOf(string text) => text.Length == 0 ? null : TradeDate.ParseIso(text);

    private int[] PlacesOf(string prefix)
    {
        var columns = ColumnsOf(dataset.Tags!).ToList();
        return [.. dataset.Tags!.By[prefix].Select(c => columns.IndexOf(c))];
    }
}
