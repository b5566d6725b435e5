using System.Globalization;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;

namespace Tidemark.Definitions.Scaffolds;

/// <summary>How a dataset seems to be fetched, and by what its rows are told apart.</summary>
/// <param name="Grain">What a unit covers.</param>
/// <param name="Key">Names of columns.</param>
/// <param name="Parameters">Of every call, with what differs between units in braces.</param>
internal sealed record ShapeGuess(
    UnitGrain Grain,
    IReadOnlyList<string> Key,
    IReadOnlyDictionary<string, string> Parameters
)
{
    // What Tushare calls them, the likeliest first.
    private static readonly string[] s_symbols = ["ts_code", "symbol", "code", "con_code", "index_code", "fund_code"];
    private static readonly string[] s_days = ["trade_date", "cal_date", "date", "nav_date", "suspend_date"];
    private static readonly string[] s_announced = ["ann_date", "f_ann_date", "imp_ann_date", "record_date"];
    private static readonly string[] s_months = ["month"];
    private static readonly string[] s_quarters = ["quarter"];

    /// <summary>How long a unit is; null where it is a day.</summary>
    public string? Per { get; init; }

    /// <summary>The list from which the symbols are; null where it is not asked for by symbol.</summary>
    public DatasetDefinition? List { get; init; }

    /// <summary>Whether an answer has every day that there is.</summary>
    public bool HasAllDays { get; init; }

    /// <summary>The column that proves the day.</summary>
    public string? DateColumn { get; init; }

    /// <summary>The column that proves the period.</summary>
    public string? PeriodColumn { get; init; }

    public static ShapeGuess Of(ScaffoldRequest request, IReadOnlyList<ColumnGuess> columns)
    {
        var symbol = First(columns, s_symbols, ColumnKind.Text);
        if (request.PathParameter is { } path)
        {
            return OfFile(request, columns, path, symbol);
        }

        var announced = First(columns, s_announced, ColumnKind.Date);
        var day = First(columns, s_days, ColumnKind.Date) ?? AskedFor(request, columns);
        var period = First(columns, [.. s_months, .. s_quarters], ColumnKind.Text);
        if (day is not null)
        {
            return ByDayOrSymbol(request, columns, day, symbol);
        }

        if (announced is not null)
        {
            return new ShapeGuess(UnitGrain.Events, KeyOf(columns, symbol, announced), Range(request, symbol))
            {
                Per = "quarter",
                DateColumn = announced.Name,
            };
        }

        return symbol is null && period is not null
            ? OfPeriod(request, columns, period)
            : new ShapeGuess(UnitGrain.Snapshot, KeyOf(columns, symbol, null), request.Parameters);
    }

    /// <summary>A file of one day, which its name tells; else of every day, or a list.</summary>
    private static ShapeGuess OfFile(
        ScaffoldRequest request,
        IReadOnlyList<ColumnGuess> columns,
        string parameter,
        ColumnGuess? symbol
    )
    {
        var day =
            First(columns, [.. s_days, "day", .. s_announced], ColumnKind.Date)
            ?? columns.FirstOrDefault(column => column is { Kind: ColumnKind.Date, HasGaps: false });
        if (day is null)
        {
            return new ShapeGuess(UnitGrain.Snapshot, KeyOf(columns, symbol, null), request.Parameters);
        }

        var key = KeyOf(columns, symbol, day);
        var path = request.Parameters[parameter];
        return WithoutDay(path, day) is { } ofDay
            ? new ShapeGuess(
                UnitGrain.TradingDay,
                key,
                new Dictionary<string, string>(request.Parameters, StringComparer.Ordinal) { [parameter] = ofDay }
            )
            {
                DateColumn = day.Name,
            }
            : new ShapeGuess(UnitGrain.Events, key, request.Parameters)
            {
                Per = "year",
                HasAllDays = true,
                DateColumn = day.Name,
            };
    }

    /// <summary>A path with a placeholder for the day of all rows; null where the path does not name it.</summary>
    private static string? WithoutDay(string path, ColumnGuess day)
    {
        if (day.Values.Select(ColumnGuess.DayOf).Distinct().ToArray() is not [{ } only])
        {
            return null;
        }

        foreach (var format in ColumnGuess.DayFormats)
        {
            var written = only.ToString(format, CultureInfo.InvariantCulture);
            if (path.Contains(written, StringComparison.Ordinal))
            {
                return path.Replace(written, $"{{dt:{format}}}", StringComparison.Ordinal);
            }
        }

        return null;
    }

    private static ShapeGuess ByDayOrSymbol(
        ScaffoldRequest request,
        IReadOnlyList<ColumnGuess> columns,
        ColumnGuess day,
        ColumnGuess? symbol
    )
    {
        var key = KeyOf(columns, symbol, day);
        var named = request.Parameters.FirstOrDefault(p => IsDayOf(day, p.Value)).Key;
        var bySymbol = symbol is null ? null : request.Parameters.FirstOrDefault(p => Is(symbol, p.Value)).Key;
        // One symbol and no single day was asked for: perhaps nothing else can be.
        if (bySymbol is not null && named is null && ListOf(request, symbol!) is { } list)
        {
            var range = new Dictionary<string, string>(Range(request, symbol), StringComparer.Ordinal)
            {
                [bySymbol] = "{part}",
            };
            return new ShapeGuess(UnitGrain.Symbol, key, range)
            {
                Per = "year",
                List = list,
                DateColumn = day.Name,
            };
        }

        var parameters = request
            .Parameters.Where(p => p.Key != bySymbol && (p.Key == named || ColumnGuess.DayOf(p.Value) is null))
            .ToDictionary(StringComparer.Ordinal);
        parameters[named ?? day.Field] = "{dt}";
        return new ShapeGuess(UnitGrain.TradingDay, key, parameters) { DateColumn = day.Name };
    }

    private static DatasetDefinition? ListOf(ScaffoldRequest request, ColumnGuess symbol) =>
        request.Lists.FirstOrDefault(list => list.Columns.Any(column => column.Name == symbol.Name));

    private static ShapeGuess OfPeriod(ScaffoldRequest request, IReadOnlyList<ColumnGuess> columns, ColumnGuess period)
    {
        var isMonth = s_months.Contains(period.Name);
        var (start, end, word) = isMonth ? ("start_m", "end_m", "{month}") : ("start_q", "end_q", "{quarter}");
        var parameters = request.Parameters.Where(p => !Is(period, p.Value)).ToDictionary(StringComparer.Ordinal);
        (parameters[start], parameters[end]) = (word, word);
        return new ShapeGuess(UnitGrain.Period, KeyOf(columns, null, period), parameters)
        {
            Per = isMonth ? "month" : "quarter",
            PeriodColumn = period.Name,
        };
    }

    /// <summary>The parameters without days and the symbol, and a range of days.</summary>
    private static Dictionary<string, string> Range(ScaffoldRequest request, ColumnGuess? symbol)
    {
        var parameters = request
            .Parameters.Where(p => ColumnGuess.DayOf(p.Value) is null && (symbol is null || !Is(symbol, p.Value)))
            .ToDictionary(StringComparer.Ordinal);
        (parameters["start_date"], parameters["end_date"]) = ("{from}", "{to}");
        return parameters;
    }

    /// <summary>The column of days all of which are the day that a parameter names.</summary>
    private static ColumnGuess? AskedFor(ScaffoldRequest request, IReadOnlyList<ColumnGuess> columns) =>
        columns.FirstOrDefault(column =>
            column is { Kind: ColumnKind.Date, HasGaps: false }
            && request.Parameters.Values.Any(value => IsDayOf(column, value))
        );

    private static bool IsDayOf(ColumnGuess column, string value) =>
        ColumnGuess.DayOf(value) is { } day && column.Values.All(each => ColumnGuess.DayOf(each) == day);

    private static bool Is(ColumnGuess column, string value) => column.Values.All(each => each == value);

    private static ColumnGuess? First(IReadOnlyList<ColumnGuess> columns, string[] names, ColumnKind kind) =>
        names
            .Select(name => columns.FirstOrDefault(c => c.Name == name && c.Kind == kind && !c.HasGaps))
            .FirstOrDefault(column => column is not null);

    private static IReadOnlyList<string> KeyOf(
        IReadOnlyList<ColumnGuess> columns,
        ColumnGuess? symbol,
        ColumnGuess? time
    )
    {
        string[] key = [.. new[] { symbol, time }.OfType<ColumnGuess>().Select(column => column.Name)];
        return key.Length > 0 ? key : [(columns.FirstOrDefault(c => !c.HasGaps) ?? columns[0]).Name];
    }
}
