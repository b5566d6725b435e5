using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Tidemark.Core.Errors;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Tests;

/// <summary>
/// Recordings that would be served as something else than what was recorded: refused when they are loaded, with the
/// place named.
/// </summary>
public sealed class ReplayCheckTests : IDisposable
{
    private const string Head = "ts_code,trade_date,close";

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-replay-").FullName;

    public ReplayCheckTests() => Directory.CreateDirectory(Path.Combine(_folder, "tushare"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("2026-11-09")]
    [InlineData("20261109.0")]
    [InlineData("2026/11/9")]
    [InlineData("2026-11-09 00:00:00")]
    [InlineData("20261131")]
    [InlineData("trade_date")]
    [InlineData(" 20261109")]
    public void Csv_DayInAnotherSpelling_NamesFileLineAndColumn(string day)
    {
        Write("daily.csv", $"{Head}\n000001.SZ,20261109,1\n600000.SH,{day},1\n");

        var error = Refused();

        error.Message.ShouldContain(Path.Combine(_folder, "tushare", "daily.csv"));
        error.Message.ShouldContain($", line 3, column 'trade_date' is '{day}'");
        error.Message.ShouldContain("20220601");
    }

    [Fact]
    public void Csv_LineAfterQuotedBreaksAndBlankLines_IsTheLineOfTheFile()
    {
        Write(
            "stock_basic.csv",
            "ts_code,name,list_date\r\n000001.SZ,\"two\r\nlines, \"\"quoted\"\"\",20100104\r\n\r\n000002.SZ,x,2010-01-04\r\n"
        );

        Refused().Message.ShouldContain(", line 5, column 'list_date' is '2010-01-04'");
    }

    [Theory]
    [InlineData("600519.SH,20261113,1,2,3", 3)]
    [InlineData("600519.SH,20261113", 3)]
    [InlineData("\"600519.SH,20261113,1", 3)]
    public void Csv_LineTooLongTooShortOrNeverClosed_NamesItsLine(string line, int number)
    {
        Write("daily.csv", $"{Head}\n000001.SZ,20261109,1\n{line}\n");

        var error = Refused();

        error.Message.ShouldContain("daily.csv");
        error.Message.ShouldContain($"line {number}");
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("nan")]
    [InlineData("None")]
    [InlineData("N/A")]
    [InlineData("inf")]
    [InlineData("1,5")]
    public void Csv_NoNumberInAColumnOfNumbers_NamesIt(string value)
    {
        Write("daily.csv", $"{Head}\n000001.SZ,20261109,\"{value}\"\n");

        Refused().Message.ShouldContain($", line 2, column 'close' is '{value}', which is no number");
    }

    [Theory]
    [InlineData("1.SZ", "zeros are lost")]
    [InlineData(" 000001.SZ", "blanks")]
    public void Csv_CodeInAnotherSpelling_NamesIt(string code, string what)
    {
        Write("daily.csv", $"{Head}\n{code},20261109,1\n");

        var message = Refused().Message;

        message.ShouldContain($", line 2, column 'ts_code' is '{code}'");
        message.ShouldContain(what);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n\n", "is empty")]
    [InlineData("ts_code,trade_date,close,close\n", "'close' twice")]
    [InlineData("ts_code,trade_date,,close\n", "no name for column 3")]
    [InlineData("ts_code,close\n000001.SZ,1\n", "no column 'trade_date'")]
    [InlineData("TS_CODE,TRADE_DATE,CLOSE\n000001.SZ,20261109,1\n", "no column 'ts_code' (it has 'TS_CODE')")]
    public void Csv_HeaderThatCannotServe_SaysWhy(string text, string what)
    {
        Write("daily.csv", text);

        Refused().Message.ShouldContain(what);
    }

    [Fact]
    public void Csv_OtherEncoding_IsRefused()
    {
        var gbk = "ts_code,name\n000001.SZ,"u8
            .ToArray()
            .Concat(new byte[] { 0xC6, 0xBD, 0xB0, 0xB2 })
            .Append((byte)'\n');
        File.WriteAllBytes(Path.Combine(_folder, "tushare", "stock_basic.csv"), [.. gbk]);

        Refused().Message.ShouldContain("stock_basic.csv");
    }

    [Theory]
    [InlineData("daily.csv.gz", "not packed at all")]
    [InlineData("daily.parquet", "hello")]
    [InlineData("daily.json", "hello")]
    [InlineData("daily.json", "[{\"ts_code\":\"000001.SZ\",\"trade_date\":20261109.5,\"close\":1}]")]
    [InlineData("daily.json", "[{\"ts_code\":\"000001.SZ\",\"trade_date\":\"2026/11/9\",\"close\":1}]")]
    [InlineData("daily.json", "[{\"ts_code\":\"000001.SZ\",\"close\":1}]")]
    public void File_OfAnotherKindThatCannotServe_IsNamed(string name, string text)
    {
        Write(name, text);

        Refused().Message.ShouldContain(name);
    }

    [Fact]
    public void Gzip_CutInTheMiddle_IsNamed()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var random = new Random(7);
            gzip.Write(Encoding.UTF8.GetBytes(Head + "\n"));
            for (var i = 0; i < 5000; i++)
            {
                gzip.Write(Encoding.UTF8.GetBytes($"{i:D6}.SZ,20261109,{random.NextDouble():R}\n"));
            }
        }

        File.WriteAllBytes(
            Path.Combine(_folder, "tushare", "daily.csv.gz"),
            packed.ToArray()[..(int)(packed.Length / 2)]
        );

        Refused().Message.ShouldContain("daily.csv.gz");
    }

    [Fact]
    public void Pipe_InsteadOfAFile_IsRefusedAtOnce()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("there are no named pipes among files");
        }

        using var made = Process.Start("mkfifo", Path.Combine(_folder, "tushare", "daily.csv"));
        made.WaitForExit();

        Refused().Message.ShouldContain("is a pipe or a device");
    }

    [Theory]
    [InlineData("\uFEFF" + Head + "\n000001.SZ,20261109,1.5\n")]
    [InlineData(Head + "\r\n000001.SZ,20261109,1.5\r\n")]
    [InlineData(Head + "\n000001.SZ,20261109,1.5\n\n\n")]
    [InlineData(Head + "\n000001.SZ,20261109,1.5")]
    [InlineData("," + Head + "\n0,000001.SZ,20261109,1.5\n")]
    public void Csv_AsOtherToolsWriteIt_IsServed(string text)
    {
        Write("daily.csv", text);
        using var replay = new ReplaySource(_folder);

        var table = TestMarkets.Ask(replay, "daily", "trade_date=20261109", "ts_code,close");

        table.Rows.Length.ShouldBe(1);
        (table.Text(0, "ts_code"), table.Number(0, "close")).ShouldBe(("000001.SZ", 1.5));
    }

    [Fact]
    public void Json_DaysThatAreDays_AreServedAsTheVendorWritesThem()
    {
        Write("daily.json", "[{\"ts_code\":\"000001.SZ\",\"trade_date\":\"2026-11-09\",\"close\":1.5}]");
        using var replay = new ReplaySource(_folder);

        TestMarkets.Ask(replay, "daily", "trade_date=20261109").Text(0, "trade_date").ShouldBe("20261109");
    }

    [Fact]
    public void Csv_HeaderAlone_IsAnApiWithoutRows()
    {
        Write("daily.csv", Head + "\n");
        using var replay = new ReplaySource(_folder);

        TestMarkets.Ask(replay, "daily", "trade_date=20261109").Rows.ShouldBeEmpty();
    }

    private TidemarkException Refused()
    {
        var error = Should.Throw<TidemarkException>(() => new ReplaySource(_folder));
        (error.Kind, error.Code).ShouldBe((ErrorKind.Configuration, "REPLAY_UNREADABLE"));
        return error;
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, "tushare", name), text);
}
