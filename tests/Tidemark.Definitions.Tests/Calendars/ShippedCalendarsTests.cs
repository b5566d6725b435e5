using System.IO.Compression;
using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Core.Markets;
using Tidemark.Definitions.Calendars;
using Tidemark.Definitions.Files;
using Tidemark.Testing;

namespace Tidemark.Definitions.Tests.Calendars;

/// <summary>The calendars under definitions/ against tables that others made.</summary>
public sealed class ShippedCalendarsTests
{
    private static readonly CalendarFiles s_shipped = CalendarFiles.Read(
        DefinitionSet.Of(
            DefinitionFiles.Read(Path.Combine(SourceTree.Root, "definitions", "calendars"), null, CalendarFiles.Kind)
        )
    );

    private static TradingCalendar Load(string exchange) => s_shipped.ByExchange[exchange];

    [Theory]
    [InlineData("XSHG", "Asia/Shanghai", "1990-12-19", "2026-12-31")]
    [InlineData("XSHE", "Asia/Shanghai", "1990-12-19", "2026-12-31")]
    [InlineData("BSE", "Asia/Shanghai", "2021-11-15", "2026-12-31")]
    [InlineData("XNYS", "America/New_York", "2000-01-01", "2028-12-31")]
    public void Shipped_EachExchange_CoversItsHistory(string exchange, string zone, string first, string last)
    {
        var calendar = Load(exchange);

        calendar.TimeZone.Id.ShouldBe(zone);
        calendar.First.ToIso().ShouldBe(first);
        calendar.Last.ToIso().ShouldBe(last);
        foreach (var year in Enumerable.Range(2000, 27).Where(y => y > calendar.First.Year))
        {
            calendar.OpenDays.Count(d => d.Year == year).ShouldBeInRange(237, 253, $"{exchange} in {year}");
        }
    }

    [Fact]
    public void Shipped_ShenzhenAndBeijing_TradeOnTheDaysOfShanghai()
    {
        var shanghai = Load("XSHG");

        Load("XSHE").OpenDays.ShouldBe(shanghai.OpenDays);
        Load("BSE").OpenDays.ShouldBe(shanghai.OpenDays.Where(d => d >= new DateOnly(2021, 11, 15)));
    }

    [Theory]
    [InlineData("SHFE", "XSHG")]
    [InlineData("DCE", "XSHG")]
    [InlineData("CZCE", "XSHG")]
    [InlineData("CFFEX", "XSHG")]
    [InlineData("INE", "XSHG")]
    [InlineData("SGE", "XSHG")]
    [InlineData("GFEX", "DCE")]
    public void Shipped_FuturesAndGold_HaveTheDaysOfShanghaiAndGoOnLikeThem(string exchange, string like)
    {
        Load(exchange).OpenDays.ShouldBe(Load("XSHG").OpenDays);
        Load(exchange).Like.ShouldBe(like);
        Load(exchange).TimeZone.Id.ShouldBe("Asia/Shanghai");
    }

    [Fact]
    public void Shipped_EveryExchange_HasAFile() =>
        s_shipped.ByExchange.Keys.Order().ShouldBe(Exchanges.All.Select(e => e.Code).Order());

    [Fact]
    public void Shipped_Shanghai_EqualsTheAnswerTable()
    {
        var file = AnswerTables.File("calendars", "exchange_calendars_answers", "xshg.csv.gz");
        var calendar = Load("XSHG");

        using var text = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        var expected = Rows(text).Select(row => TradeDate.ParseIso(row[0][..10])).Where(d => d >= calendar.First);

        calendar.OpenDays.ShouldBe(expected);
    }

    [Fact]
    public void Shipped_NewYork_EqualsTheAnswerTableWithEarlyCloses()
    {
        var file = AnswerTables.File("calendars", "xnys_sessions_2000_2027.csv");
        var calendar = Load("XNYS");

        using var text = File.OpenText(file);
        var rows = Rows(text).ToList();

        // The answers end before the calendar does.
        var days = rows.Select(row => TradeDate.ParseIso(row[0])).ToArray();
        calendar.OpenDays.Where(day => day.Year <= days[^1].Year).ShouldBe(days);
        foreach (var row in rows)
        {
            var day = TradeDate.ParseIso(row[0]);
            var close = calendar.EarlyClose(day) ?? new TimeOnly(16, 0);
            calendar.DueAt(day, close).ToUniversalTime().ShouldBe(DateTimeOffset.Parse(row[2]), row[0]);
        }
    }

    private static IEnumerable<string[]> Rows(TextReader text)
    {
        _ = text.ReadLine();
        while (text.ReadLine() is { Length: > 0 } line)
        {
            yield return line.Split(',');
        }
    }
}
