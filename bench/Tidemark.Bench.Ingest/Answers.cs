using System.Buffers;
using Tidemark.Core;
using Tidemark.Definitions.Calendars;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Bench.Ingest;

/// <summary>Writes <c>daily</c> answers of the simulated vendor, a file a trading day.</summary>
internal static class Answers
{
    private static readonly DateOnly s_last = new(2026, 10, 30);

    public static void Write(string folder, string calendars, int days, int stocks)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(calendars, "XSHG.csv");
        var calendar = CalendarFile.Parse("XSHG", File.ReadAllText(path), path);
        var market = new SyntheticMarket(
            new SyntheticMarketOptions
            {
                Calendar = calendar,
                LastDay = s_last,
                Stocks = stocks,
                Etfs = 1,
                Indices = 1,
            }
        );
        var open = calendar.OpenDaysBetween(calendar.First, s_last);
        var body = new ArrayBufferWriter<byte>(1 << 20);
        foreach (var day in open[^days..])
        {
            body.ResetWrittenCount();
            var parameters = new Dictionary<string, string> { ["trade_date"] = day.ToCompact() };
            TushareAnswer.Write(market, "daily", parameters, "", body);
            File.WriteAllBytes(Path.Combine(folder, day.ToCompact() + ".json"), body.WrittenSpan);
        }
    }
}
