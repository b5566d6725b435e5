using System.Text;
using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Axes;
using Tidemark.Ingest.Extraction;

namespace Tidemark.Ingest.Tests;

/// <summary>Which requests make a unit, and which rows belong to it.</summary>
public sealed class AxisTests
{
    private static readonly DatasetDefinition s_bySymbol = new()
    {
        Id = "test.mins",
        Title = "Minutes",
        Vendor = "test",
        Api = "mins",
        Table = "ods_mins",
        Module = "stock.mins",
        Bucket = Bucket.Stock,
        Grain = UnitGrain.Symbol,
        Expected = ExpectedRows.InstrumentDay,
        Per = PeriodKind.Month,
        Part = new PartSource { Column = "code", Symbols = new SymbolSource("test.list", "code") },
        Calendar = "XSHG",
        AvailableAt = new TimeOnly(16, 30),
        Grace = TimeSpan.FromHours(2),
        Parameters = new Dictionary<string, string>
        {
            ["code"] = "{part}",
            ["from"] = "{from:yyyy-MM-dd} 09:00:00",
            ["to"] = "{to}",
            ["month"] = "{month}",
            ["period"] = "{quarter}",
        },
        FanOut = new Dictionary<string, IReadOnlyList<string>>(),
        RowCap = 2500,
        RowsADay = 241,
        DateColumn = "day",
        Key = ["code", "day"],
        Columns =
        [
            new ColumnDefinition("code", ColumnKind.Text, Nullable: false),
            new ColumnDefinition("day", ColumnKind.Date),
        ],
    };

    private static readonly UnitId s_june = UnitId.Parse("test.mins/2022-06/600519.SH");

    private static DateOnly Day(string text) => TradeDate.ParseIso(text);

    [Fact]
    public void Requests_OfASymbol_AreStretchesThatStayUnderTheRowCapAndMeet()
    {
        var requests = UnitAxis.Of(s_bySymbol).Requests(s_june, Day("2022-06-23")).ToArray();

        requests
            .Select(r => $"{r.Parameters["from"]} {r.Parameters["to"]}")
            .ShouldBe(["2022-06-01 09:00:00 20220610", "2022-06-11 09:00:00 20220620", "2022-06-21 09:00:00 20220623"]);
        requests.ShouldAllBe(r =>
            r.Parameters["code"] == "600519.SH"
            && r.Parameters["month"] == "202206"
            && r.Parameters["period"] == "2022Q2"
        );
    }

    [Theory]
    [InlineData("600519.SH", "2022-06-01", null)]
    [InlineData("600519.SH", "2022-06-23", null)]
    [InlineData("600519.SH", "2022-05-31", "DATE_OUTSIDE_REQUEST")]
    [InlineData("600519.SH", "2022-06-24", "DATE_OUTSIDE_REQUEST")]
    [InlineData("600519.SH", null, "DATE_MISSING")]
    [InlineData("600520.SH", "2022-06-01", "PART_OUTSIDE_REQUEST")]
    [InlineData("600519.S", "2022-06-01", "PART_OUTSIDE_REQUEST")]
    public void Rows_OfASymbol_BelongWhenSymbolAndDayWereAskedFor(string code, string? day, string? fault)
    {
        var rows = new ColumnBatch(s_bySymbol.Columns);
        ((TextColumn)rows["code"]).Append(Encoding.UTF8.GetBytes(code));
        if (day is null)
        {
            rows["day"].AppendNull();
        }
        else
        {
            ((ValueColumn<int>)rows["day"]).Append(Day(day).DayNumber - new DateOnly(1970, 1, 1).DayNumber);
        }

        TidemarkException? error = null;
        try
        {
            RowChecks.Normalize(s_bySymbol, s_june, rows, Day("2022-06-23"));
        }
        catch (TidemarkException e)
        {
            error = e;
        }

        error?.Code.ShouldBe(fault);
        (error is null).ShouldBe(fault is null);
    }

    [Theory]
    [InlineData(PeriodKind.Month, "202206", true)]
    [InlineData(PeriodKind.Month, "202205", false)]
    [InlineData(PeriodKind.Quarter, "2022Q2", true)]
    [InlineData(PeriodKind.Quarter, "2022Q1", false)]
    [InlineData(PeriodKind.Year, "2022", true)]
    public void Rows_OfAPeriod_BelongWhenTheyNameIt(PeriodKind kind, string text, bool belongs)
    {
        var dataset = s_bySymbol with
        {
            Grain = UnitGrain.Period,
            Per = kind,
            Part = null,
            DateColumn = null,
            PeriodColumn = "code",
            Key = ["code"],
        };
        var rows = new ColumnBatch(dataset.Columns);
        ((TextColumn)rows["code"]).Append(Encoding.UTF8.GetBytes(text));
        rows["day"].AppendNull();
        var unit = new UnitId(dataset.Id, UnitPeriod.Containing(kind, Day("2022-06-15")));

        void Check() => RowChecks.Normalize(dataset, unit, rows);

        if (belongs)
        {
            Check();
        }
        else
        {
            Should.Throw<TidemarkException>(Check).Code.ShouldBe("DATE_OUTSIDE_REQUEST");
        }
    }

    [Theory]
    [InlineData("{dt}", "dt")]
    [InlineData("{from:yyyy-MM-dd} 09:00:00", "from")]
    [InlineData("plain", "")]
    [InlineData("{month}-{part}", "month part")]
    [InlineData("{day}", null)]
    [InlineData("{dt", null)]
    [InlineData("{dt:HH}", null)]
    public void Words_OfAParameter_AreThoseInBraces(string value, string? words) =>
        (RequestWords.In(value) is { } found ? string.Join(' ', found) : null).ShouldBe(words);
}
