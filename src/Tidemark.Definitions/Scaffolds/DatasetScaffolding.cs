using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Scaffolds;

/// <summary>
/// Drafts the file of a dataset from an answer of its vendor. Whatever the answer cannot tell is a guess with a comment
/// beside it that says what to check. The file that comes of it has no fault: our own reader has read it.
/// </summary>
public static class DatasetScaffolding
{
    private const string Mark = "check:";
    private const int CommentColumn = 56;

    // By how Tushare begins the names of its calls.
    private static readonly (string Prefix, Bucket Bucket)[] s_buckets =
    [
        ("fund_", Bucket.Etf),
        ("etf_", Bucket.Etf),
        ("index_", Bucket.Index),
        ("fut_", Bucket.Futures),
        ("fx_", Bucket.Fx),
        ("cn_", Bucket.Macro),
        ("shibor", Bucket.Macro),
        ("us_", Bucket.Global),
        ("hk_", Bucket.Global),
    ];

    /// <param name="request">What is known.</param>
    /// <param name="path">Where the file will stand; messages name it.</param>
    /// <exception cref="Core.Errors.TidemarkException">
    /// Code <c>DEFINITION_INVALID</c>: no file without a fault can be made of it, with every fault.
    /// </exception>
    public static DatasetScaffold Draft(ScaffoldRequest request, string path)
    {
        var lines = new List<Line>();
        var columns = ColumnGuess.Of(request.Answer);
        var shape = ShapeGuess.Of(request, columns);
        Head(lines, request);
        Fetching(lines, request, shape);
        Columns(lines, columns, shape, IsUnique(request.Answer, columns, shape.Key));
        var text = Render(lines, request);
        var problems = new YamlProblems();
        var dataset = DatasetFile.Read(path, text, new CalendarNames(request.Calendars), problems);
        problems.ThrowIfAny(YamlProblems.DefinitionInvalid, $"what was drafted of {request.Id}; nothing was written");
        return new DatasetScaffold(
            text,
            dataset,
            [.. lines.Where(line => line.Check is not null).Select(line => $"{line.Key}: {line.Check}")]
        );
    }

    private static void Head(List<Line> lines, ScaffoldRequest request)
    {
        var bucket = s_buckets
            .Where(each => request.Api.StartsWith(each.Prefix, StringComparison.Ordinal))
            .Select(each => each.Bucket)
            .FirstOrDefault(Bucket.Stock)
            .Name();
        string[] tables = [$"ods_{request.Api}", $"ods_{request.Vendor}_{request.Api}"];
        var table = tables.FirstOrDefault(name => !request.TakenTables.Contains(name), tables[1]);
        lines.Add(new("dataset", request.Id));
        lines.Add(new("title", Quoted($"{request.Api} of {request.Vendor}"), "say what it is, in a few words"));
        lines.Add(
            new("module", $"{bucket}.{request.Api}", "under what it is switched on and off, with others of its kind")
        );
        lines.Add(new("bucket", bucket, $"one of {string.Join(", ", Buckets.Names)}"));
        lines.Add(new("api", request.Api));
        lines.Add(new("table", table, "its name in the lake; it is hard to change later"));
    }

    private static void Fetching(List<Line> lines, ScaffoldRequest request, ShapeGuess shape)
    {
        var word = YamlScalars.Words<UnitGrain>().Single(each => each.Value == shape.Grain).Key;
        lines.Add(new("grain", word, $"whether the vendor can be asked so: {HowOf(shape)}"));
        if (shape.Per is { } per)
        {
            lines.Add(new("per", per, "month, quarter or year: what one call can hold"));
        }

        if (shape.List is { } list)
        {
            lines.Add(new("part", $"{{ symbols_of: {list.Id} }}", "the list that has its symbols"));
        }

        var calendar = request.Calendars.Contains("XSHG") ? "XSHG" : request.Calendars.Order().First();
        lines.Add(new("calendar", calendar, "the exchange whose open days are expected"));
        lines.Add(
            new(
                "available",
                "{ at: \"18:00\", grace: 2h }",
                "from when on, in the exchange's time, the vendor has a day"
            )
        );
        lines.Add(
            new(
                "request",
                $"{{ params: {Map(shape.Parameters)}, {(shape.HasAllDays ? "all_days: true, " : "")}row_cap: {RowCapOf(request)} }}",
                request.PathParameter is null
                    ? "the parameters, and the most rows of an answer"
                    : "where the file of a unit lies below the drop folder"
            )
        );
        if (shape.DateColumn is { } date)
        {
            lines.Add(new("date_column", date, "the day that was asked for stands in it"));
        }

        if (shape.PeriodColumn is { } period)
        {
            lines.Add(new("period_column", period, "the period that was asked for stands in it"));
        }
    }

    private static void Columns(List<Line> lines, IReadOnlyList<ColumnGuess> columns, ShapeGuess shape, bool isUnique)
    {
        lines.Add(
            new(
                "key",
                $"[{string.Join(", ", shape.Key)}]",
                isUnique
                    ? "no two rows of a unit share these"
                    : "rows of the answer share these: which columns tell them apart"
            )
        );
        lines.Add(new("columns", ""));
        foreach (var column in columns)
        {
            var field = column.Name == column.Field ? "" : $", field: {Quoted(column.Field)}";
            var kind = column.Kind.ToString().ToLowerInvariant();
            lines.Add(new($"  {column.Name}", $"{{ type: {kind}{field} }}", column.Doubt));
        }
    }

    // Nothing cuts a file off.
    private static string RowCapOf(ScaffoldRequest request) => request.PathParameter is null ? "2000" : "1000000";

    private static string HowOf(ShapeGuess shape) =>
        shape.HasAllDays
            ? "every day in one file"
            : shape.Grain switch
            {
                UnitGrain.Snapshot => "the present list, whole",
                UnitGrain.Symbol => "one symbol, a range of days",
                UnitGrain.Period => "a period once it is over",
                UnitGrain.Events => "what was announced in a range of days",
                _ => "one trading day, all symbols",
            };

    private static bool IsUnique(AnswerSample answer, IReadOnlyList<ColumnGuess> columns, IReadOnlyList<string> key)
    {
        int[] places =
        [
            .. key.Select(name => columns.First(column => column.Name == name).Field)
                .Select(field => answer.Fields.Index().First(each => each.Item == field).Index),
        ];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return answer.Rows.All(row => seen.Add(string.Join('\0', places.Select(place => row[place].Text))));
    }

    private static string Render(List<Line> lines, ScaffoldRequest request)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            # Drafted by `tidemark datasets add` from {request.Answer.Rows.Count} rows of an answer. "{Mark}" stands beside every guess: compare it with
            # the vendor's documentation, correct it, and remove the mark. Columns that the vendor sends only when they are
            # named are missing; units ("unit: CNY") and descriptions ("about: …") too. docs/reference/dataset.md has every key.

            """
        );
        foreach (var line in lines)
        {
            var written = line.Value.Length == 0 ? $"{line.Key}:" : $"{line.Key}: {line.Value}";
            text.Append(line.Check is null ? written : $"{written.PadRight(CommentColumn)} # {Mark} {line.Check}");
            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Map(IReadOnlyDictionary<string, string> values) =>
        values.Count == 0
            ? "{}"
            : $"{{ {string.Join(", ", values.Select(each => $"{Quoted(each.Key)}: {Quoted(each.Value)}"))} }}";

    // What JSON makes of a text YAML reads as the same.
    private static string Quoted(string text) =>
        $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    /// <param name="Key">With its indentation.</param>
    /// <param name="Value">As it is written.</param>
    /// <param name="Check">What has to be checked; null where it is no guess.</param>
    private sealed record Line(string Key, string Value, string? Check = null);
}
