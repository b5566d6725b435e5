using System.Globalization;
using System.IO.Compression;
using Tidemark.Simulator.Market;

namespace Tidemark.Simulator.Tests;

public sealed class RecordedLimitsTests
{
    [Fact]
    public void Limits_OfARecordedDay_AreTheExchangesOwn()
    {
        var data = TestMarkets.SharedData();
        if (data is null)
        {
            Assert.Skip("../shared/data is not on this machine");
        }

        var folder = Path.Combine(data, "cn_tushare_cross_sections", "2025-04-03");
        var limits = Rows(Path.Combine(folder, "stk_limit.csv.gz")).ToDictionary(row => row[1]);
        var days = new MarketDays(TestMarkets.Calendar);
        var position = days.OnOrAfter(new DateOnly(2025, 4, 3));
        var boards = new StockFactory(1, days)
            .Make(300)
            .Select(s => s.Instrument)
            .GroupBy(i => (i.Board, i.LimitAt(position).Percent))
            .ToDictionary(g => g.Key, g => g.First());
        var checkedRows = 0;
        foreach (var row in Rows(Path.Combine(folder, "daily.csv.gz")))
        {
            var (board, percent) = row[0][..2] switch
            {
                "30" => (Board.ChiNext, 20),
                "68" => (Board.Star, 20),
                _ when row[0].EndsWith(".BJ", StringComparison.Ordinal) => (Board.Beijing, 30),
                _ => (Board.Main, 10),
            };
            var (up, down) = (Cents(limits[row[0]][2]), Cents(limits[row[0]][3]));
            var reference = Cents(row[6]);
            if (board == Board.Main && up - reference < reference * 0.08)
            {
                percent = 5;
            }
            else if (up - reference > reference * 0.4)
            {
                continue; // A new listing, which has no limits yet.
            }

            PriceLimits.For(boards[(board, percent)], position, reference).ShouldBe(new PriceLimits(up, down), row[0]);
            checkedRows++;
        }

        checkedRows.ShouldBeGreaterThan(5000);
    }

    private static long Cents(string price) =>
        (long)Math.Round(decimal.Parse(price, CultureInfo.InvariantCulture) * 100);

    private static IEnumerable<string[]> Rows(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            yield return line.Split(',');
        }
    }
}
