using Tidemark.Definitions.Datasets;
using Tidemark.Testing;

namespace Tidemark.Definitions.Tests.Datasets;

/// <summary>How a symbol is written in a request, and what becomes of it where the vendor does not send it back.</summary>
public sealed class AskedSymbolTests : IDisposable
{
    private const string Bars = """
        dataset: akshare.bars
        title: Bars
        module: stock.bars
        bucket: stock
        api: bars
        table: ods_bars
        grain: symbol
        per: year
        part: { symbols_of: tushare.stock_basic }
        calendar: XSHG
        available: { at: "18:00" }
        request: { params: { symbol: "{part:prefixed}", start_date: "{from}", end_date: "{to}" }, row_cap: 8000 }
        date_column: day
        key: [ts_code, day]
        columns:
          ts_code: { type: text, field: "{part}" }
          day: { type: date }
          close: { type: double }

        """;

    private static readonly IReadOnlySet<string> s_calendars = SourceTree.Calendars;

    private readonly DefinitionsFolder _folder = DefinitionsFolder.CopyOfShipped();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Column_ThatIsThePart_IsKnownAsOne()
    {
        _folder.With("akshare.bars.yaml", Bars);

        var dataset = DatasetRegistry.Load(_folder.Path, s_calendars).Get("akshare.bars");

        dataset.Columns.Where(c => c.IsPart).Select(c => c.Name).ShouldBe(["ts_code"]);
        dataset.SendsAllDays.ShouldBeFalse();
    }

    [Fact]
    public void AllDays_NeedNoRangeInTheRequest()
    {
        const string Range = ", start_date: \"{from}\", end_date: \"{to}\" }";
        _folder.With("akshare.bars.yaml", Bars.Replace(Range, " }, all_days: true", StringComparison.Ordinal));

        DatasetRegistry.Load(_folder.Path, s_calendars).Get("akshare.bars").SendsAllDays.ShouldBeTrue();
    }

    [Theory]
    [InlineData("{part:prefixed}", "{part:code", "gives symbol '{part:code'; the placeholders are")]
    [InlineData("{part:prefixed}", "{part:upper}", "gives symbol '{part:upper}'; the placeholders are")]
    [InlineData("{part:prefixed}", "{part:yyyy}", "gives symbol '{part:yyyy}'; the placeholders are")]
    [InlineData("{from}", "{from:code}", "gives start_date '{from:code}'; the placeholders are")]
    [InlineData("close: { type: double }", "close: { type: text, field: \"{part}\" }", "more than one column")]
    [InlineData("ts_code: { type: text, field: \"{part}\" }", "ts_code: { type: text }", "")]
    [InlineData(
        "key: [ts_code, day]",
        "key: [day, ts_code]",
        "gives 'ts_code' the field {part}, which only the column of 'part' can have"
    )]
    [InlineData(", row_cap: 8000", ", row_cap: 8000, all_days: perhaps", "all_days")]
    public void Faults_AreTold(string what, string becomes, string said)
    {
        var text = Bars.Replace(what, becomes, StringComparison.Ordinal);
        text.ShouldNotBe(Bars);
        _folder.With("akshare.bars.yaml", text);

        if (said.Length == 0)
        {
            DatasetRegistry.Load(_folder.Path, s_calendars).Get("akshare.bars").Columns[0].IsPart.ShouldBeFalse();
        }
        else
        {
            Should.Throw<Exception>(() => DatasetRegistry.Load(_folder.Path, s_calendars)).Message.ShouldContain(said);
        }
    }

    [Fact]
    public void AllDays_OfADayOfTheMarket_MakeNoSense()
    {
        var daily = File.ReadAllText(Path.Combine(DefinitionsFolder.Shipped, "tushare.suspend_d.yaml"));
        _folder.With("tushare.suspend_d.yaml", daily.Replace("row_cap:", "all_days: true, row_cap:", default));

        Should
            .Throw<Exception>(() => DatasetRegistry.Load(_folder.Path, s_calendars))
            .Message.ShouldContain("'request.all_days' makes no sense with grain trading_day");
    }
}
