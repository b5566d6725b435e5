using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// A vendor that sends too much: its units fail by themselves, the others are committed, and the process stays small.
/// </summary>
public sealed class MemoryTests : IDisposable
{
    private const long Gigabyte = 1 << 30;
    private const string StockFields = "ts_code symbol name area industry market list_status list_date";
    private const string BarFields = "ts_code trade_date open high low close pre_close change pct_chg vol amount";

    private static readonly Lazy<byte[]> s_bomb = new(() => Bomb(Gigabyte));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_AmongHostilePages_StaysUnderOneGigabyteAndCommitsTheRest()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("the peak of a process is read from /proc");
        }

        var kinds = new ConcurrentDictionary<string, string>();
        using var vendor = new HostileVendor((api, parameters) => Answer(api, parameters, kinds));
        var workspace = Workspace.Create(
            _folder.Path,
            vendor.Url,
            "2024-05-06",
            "2024-06-07",
            more: "engine: { memory: 400MB }"
        );

        await using var process = workspace.Start(
            "backfill",
            "--from",
            "2024-05-06",
            "--to",
            "2024-06-07",
            "--datasets",
            "tushare.daily",
            "--jobs",
            "64",
            "--json"
        );
        var peak = 0L;
        process.WaitUntil(
            () =>
            {
                peak = Math.Max(peak, process.PeakBytes());
                return process.HasExited;
            },
            "an end"
        );
        var ended = await process.EndAsync();

        TestContext.Current.SendDiagnosticMessage($"peak {peak / (1 << 20)} MB");
        peak.ShouldBeGreaterThan(0);
        peak.ShouldBeLessThan(Gigabyte, ended.ToString());
        var run = ended.With(exitCode: 4).Json();
        var good = kinds.Values.Count(kind => kind == "good");
        good.ShouldBeGreaterThan(3);
        run.Number("rows").ShouldBe(2 * good, ended.ToString());
        run.GetProperty("errors")
            .EnumerateArray()
            .Select(e => e.Text("code"))
            .ToHashSet()
            .ShouldBeSubsetOf(["VENDOR_TOO_LARGE", "VENDOR_ROWS_TOO_LARGE", "VENDOR_ENVELOPE"]);
        (await workspace.SqlAsync("SELECT count(*) AS n FROM ods.ods_daily"))[0].Number("n").ShouldBe(2 * good);
    }

    private static HostileAnswer Answer(string api, JsonElement parameters, ConcurrentDictionary<string, string> kinds)
    {
        if (api == "stock_basic")
        {
            var isListed = parameters.Text("list_status") == "L";
            string[] rows =
            [
                "[\"000001.SZ\",\"000001\",\"A\",\"深圳\",\"银行\",\"主板\",\"L\",\"19910403\"]",
                "[\"600000.SH\",\"600000\",\"B\",\"上海\",\"银行\",\"主板\",\"L\",\"19991110\"]",
            ];
            return HostileAnswer.Of(HostileVendor.Rows(StockFields, isListed ? rows : []));
        }

        var day = parameters.Text("trade_date");
        var offset = parameters.Number("offset");
        if (parameters.Number("limit") == 1)
        {
            return HostileAnswer.Of(HostileVendor.Rows(BarFields, [Bar("000001.SZ", day)]));
        }

        var kind = (int.Parse(day, CultureInfo.InvariantCulture) % 5) switch
        {
            0 => "bomb",
            1 => "rows",
            2 => "names",
            3 => "pages",
            _ => "good",
        };
        kinds[day] = kind;
        return kind switch
        {
            "bomb" => new HostileAnswer(s_bomb.Value, "Content-Encoding: gzip\r\n"),
            // As many rows as fit the limit of a body, each of the fewest bytes.
            "rows" => HostileAnswer.Of(
                HostileVendor.Rows(BarFields, Enumerable.Repeat($"[\"\",\"{day}\",0,0,0,0,0,0,0,0,0]", 300_000))
            ),
            "names" => HostileAnswer.Of(HostileVendor.Rows(string.Join(' ', Enumerable.Repeat("x", 2_000_000)), [])),
            // Pages that never end, each of long texts and new codes.
            "pages" => HostileAnswer.Of(
                HostileVendor.Rows(
                    BarFields,
                    Enumerable.Range((int)offset, 20_000).Select(n => Bar($"{n:D9}{new string('x', 400)}.SZ", day)),
                    "true"
                )
            ),
            _ => HostileAnswer.Of(HostileVendor.Rows(BarFields, [Bar("000001.SZ", day), Bar("600000.SH", day)])),
        };
    }

    private static string Bar(string code, string day) => $"[\"{code}\",\"{day}\",10,10.5,9.9,10,10,0,0,1000,1000]";

    private static byte[] Bomb(long bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes("{\"code\":0,\"msg\":\""));
            var part = new byte[1 << 20];
            Array.Fill(part, (byte)'a');
            for (var written = 0L; written < bytes; written += part.Length)
            {
                gzip.Write(part);
            }
        }

        return packed.ToArray();
    }
}
