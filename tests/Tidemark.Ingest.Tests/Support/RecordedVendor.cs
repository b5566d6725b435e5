using System.Globalization;
using Tidemark.Core;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Ingest.Tests.Support;

/// <summary>
/// A vendor that has what a test recorded: a folder as <c>sim tushare --replay</c> serves it, with rows that the test
/// writes.
/// </summary>
internal sealed class RecordedVendor : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-replay-").FullName;
    private readonly List<ReplaySource> _opened = [];

    public RecordedVendor() => Directory.CreateDirectory(Path.Combine(_folder, "tushare"));

    /// <summary>Records an api: a header and rows, comma separated.</summary>
    public void Record(string api, string header, IEnumerable<string> rows) =>
        File.WriteAllLines(Path.Combine(_folder, "tushare", $"{api}.csv"), [header, .. rows]);

    /// <summary>A row a symbol and open day.</summary>
    public void RecordByDay(string api, string header, string first, string last, Func<string, DateOnly, string?> row)
    {
        var rows =
            from day in WatchedMarket
                .Calendar.OpenDaysBetween(TradeDate.ParseIso(first), TradeDate.ParseIso(last))
                .ToArray()
            from symbol in new[] { "600000.SH", "600001.SH", "600002.SH" }
            let text = row(symbol, day)
            where text is not null
            select string.Create(CultureInfo.InvariantCulture, $"{symbol},{day.ToCompact()},{text}");
        Record(api, $"ts_code,trade_date,{header}", rows);
    }

    /// <summary>A server of what is recorded by now.</summary>
    public VendorSetup Setup(string faults = "")
    {
        var source = new ReplaySource(_folder);
        _opened.Add(source);
        return new VendorSetup
        {
            KeepsAddress = true,
            Faults = faults,
            Server = options => options with { Source = source },
        };
    }

    public void Dispose()
    {
        foreach (var source in _opened)
        {
            source.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
