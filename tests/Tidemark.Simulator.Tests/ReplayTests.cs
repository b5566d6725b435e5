using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Tidemark.Core.Errors;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Tests;

public sealed class ReplayTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-replay-").FullName;

    public ReplayTests() => Directory.CreateDirectory(Path.Combine(_folder, "tushare"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Csv_WithCodesAndDates_KeepsThemAsText()
    {
        Write(
            "stock_basic.csv",
            "ts_code,symbol,name,list_date,list_status\n000001.SZ,000001,\"平安,银行\",19910403,L\n000003.SZ,000003,PT,19910114,D\n"
        );
        Write("cn_thing.csv", "month,code,value,note\n202201,007,1.50,\n202202,008,0.1,\"say \"\"hi\"\"\"\n");
        using var replay = new ReplaySource(_folder);

        var stocks = TestMarkets.Ask(replay, "stock_basic", "", "ts_code,symbol,name,area,list_date,delist_date");
        var other = TestMarkets.Ask(replay, "cn_thing");

        stocks.Fields.ShouldBe(["ts_code", "symbol", "name", "area", "list_date", "delist_date"]);
        stocks.Rows.Length.ShouldBe(1, "list_status is L unless asked otherwise");
        stocks.Text(0, "symbol").ShouldBe("000001");
        stocks.Text(0, "name").ShouldBe("平安,银行");
        stocks.Text(0, "list_date").ShouldBe("19910403");
        stocks[0, "area"].ValueKind.ShouldBe(JsonValueKind.Null, "a known column that was not recorded");
        other.Text(0, "month").ShouldBe("202201");
        other.Text(0, "code").ShouldBe("007");
        other.Number(0, "value").ShouldBe(1.5);
        other[0, "note"].ValueKind.ShouldBe(JsonValueKind.Null);
        other.Text(1, "note").ShouldBe("say \"hi\"");
        TestMarkets.Ask(replay, "stock_basic", "list_status=L,D").Rows.Length.ShouldBe(2);
    }

    [Fact]
    public void Parameter_ThatIsCalledOtherwiseThanItsColumn_ChoosesRows()
    {
        Write("cn_gdp.csv", "quarter,gdp,gdp_yoy\n2022Q2,562642,2.5\n2022Q1,270178,4.8\n");
        Write("cn_cpi.csv", "month,nt_val,nt_yoy\n202203,101.5,1.5\n202202,100.9,0.9\n202201,100.9,0.9\n");
        using var replay = new ReplaySource(_folder);

        TestMarkets.Ask(replay, "cn_gdp", "q=2022Q1").Text(0, "quarter").ShouldBe("2022Q1");
        TestMarkets.Ask(replay, "cn_gdp", "q=2022Q1").Rows.Length.ShouldBe(1);
        TestMarkets.Ask(replay, "cn_cpi", "m=202202").Rows.Length.ShouldBe(1);
        TestMarkets.Ask(replay, "cn_cpi", "start_m=202202&end_m=202203").Rows.Length.ShouldBe(2);
        TestMarkets.Ask(replay, "cn_cpi").Rows.Length.ShouldBe(3);
    }

    [Fact]
    public void Column_ThatIsSentOnlyWhenAskedFor_IsTheDefaultOfItsParameter()
    {
        Write("stock_basic.csv", "ts_code,symbol,name\n000001.SZ,000001,平安银行\n000002.SZ,000002,万科A\n");
        Write("trade_cal.csv", "cal_date,is_open,pretrade_date\n20220601,1,20220531\n");
        using var replay = new ReplaySource(_folder);

        var stocks = TestMarkets.Ask(replay, "stock_basic", "list_status=L", "ts_code,list_status");

        stocks.Rows.Length.ShouldBe(2);
        stocks.Text(0, "list_status").ShouldBe("L");
        TestMarkets.Ask(replay, "stock_basic", "list_status=D").Rows.ShouldBeEmpty();
        TestMarkets.Ask(replay, "trade_cal", "exchange=SSE").Text(0, "exchange").ShouldBe("SSE");
    }

    [Fact]
    public void Json_ThatIsAnAnswerAsReceived_IsServedRowByRow()
    {
        Write(
            "daily.json",
            """
            {"request_id":"x","code":0,"data":{"fields":["ts_code","trade_date","close","vol"],
            "items":[["000001.SZ","20220601",14.5,null],["000002.SZ","20220601",-0.16000000000000014,380000.0]],"has_more":false,"count":-1},"msg":""}
            """
        );
        Write(
            "thing.json",
            """{"code":0,"data":{"fields":["code","name","flag"],"items":[["007","平安","1"]]},"msg":"success"}"""
        );
        using var replay = new ReplaySource(_folder);

        var bars = TestMarkets.Ask(replay, "daily", "trade_date=20220601", "ts_code,close,vol");

        bars.Rows.Length.ShouldBe(2);
        bars.Text(0, "ts_code").ShouldBe("000001.SZ");
        bars.Number(0, "close").ShouldBe(14.5);
        bars[0, "vol"].ValueKind.ShouldBe(JsonValueKind.Null);
        bars.Number(1, "close").ShouldBe(-0.16000000000000014);
        TestMarkets.Ask(replay, "thing").Text(0, "code").ShouldBe("007");
        TestMarkets.Ask(replay, "thing").Text(0, "name").ShouldBe("平安");
        TestMarkets.Ask(replay, "thing").Text(0, "flag").ShouldBe("1");
    }

    [Fact]
    public void Numbers_OfARecording_ComeBackExactly()
    {
        double[] numbers =
        [
            0.1,
            1 / 3.0,
            1e22,
            5e-324,
            123456789.123456789,
            -0.16000000000000014,
            7,
            1e15 + 0.3,
            double.MaxValue,
        ];
        var rows = numbers.Select((n, i) => FormattableString.Invariant($"{i:D6}.SZ,20220601,{n:R}"));
        Write("daily.csv", "ts_code,trade_date,close\n" + string.Join('\n', rows) + "\n");
        using var replay = new ReplaySource(_folder);

        var table = TestMarkets.Ask(replay, "daily", "trade_date=20220601", "close");

        table.Rows.Select(row => row[0].GetDouble()).ShouldBe(numbers);
    }

    [Theory]
    [InlineData("daily.csv.gz")]
    [InlineData("daily.json")]
    public void Files_OfOtherKinds_AreServedAlike(string name)
    {
        var file = Path.Combine(_folder, "tushare", name);
        if (name.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var writer = new StreamWriter(new GZipStream(File.Create(file), CompressionMode.Compress));
            writer.Write("ts_code,trade_date,close\n000001.SZ,20220601,14.5\n000001.SZ,20220602,14.25\n");
        }
        else
        {
            File.WriteAllText(
                file,
                """[{"ts_code":"000001.SZ","trade_date":"20220601","close":14.5},{"ts_code":"000001.SZ","trade_date":"20220602","close":14.25}]"""
            );
        }

        using var replay = new ReplaySource(_folder);
        var table = TestMarkets.Ask(replay, "daily", "ts_code=000001.SZ", "trade_date,close");

        table.Column("trade_date").ShouldBe(["20220602", "20220601"], "newest first");
        table.Number(0, "close").ShouldBe(14.25);
        (replay.FirstDay, replay.LastDay).ShouldBe((new DateOnly(2022, 6, 1), new DateOnly(2022, 6, 2)));
        replay.OpenDays.ShouldBeEmpty();
    }

    [Fact]
    public void Request_ForAnApiWithoutFile_HasNoRows()
    {
        Write("daily.csv", "ts_code,trade_date,close\n000001.SZ,20220601,14.5\n");
        using var replay = new ReplaySource(_folder);

        TestMarkets.Ask(replay, "adj_factor").Fields.ShouldBe(["ts_code", "trade_date", "adj_factor"]);
        TestMarkets.Ask(replay, "adj_factor").Rows.ShouldBeEmpty();
        var unknown = TestMarkets.Ask(replay, "something_else");
        (unknown.Code, unknown.Fields.Length, unknown.Rows.Length).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void Parameters_ThatAreColumns_Filter()
    {
        Write(
            "daily.csv",
            "ts_code,trade_date,close\n000001.SZ,20220601,1\n000002.SZ,20220601,2\n600000.SH,20220601,3\n000001.SZ,20220602,4\n000001.SZ,20220606,5\n"
        );
        Write(
            "trade_cal.csv",
            "exchange,cal_date,is_open,pretrade_date\nSSE,20220603,0,20220602\nSSE,20220602,1,20220601\nSSE,20220601,1,20220531\n"
        );
        using var replay = new ReplaySource(_folder);
        string[] Closes(string parameters) => [.. TestMarkets.Ask(replay, "daily", parameters).Column("close")];

        Closes("ts_code=000001.SZ, 600000.SH&trade_date=20220601").ShouldBe(["1.0", "3.0"]);
        Closes("start_date=20220602&end_date=20220605").ShouldBe(["4.0"]);
        Closes("trade_date=20220601&start_date=20220602&limit=1&offset=1").ShouldBe(["2.0"]);
        Closes("ts_code=000001.SZ'; DROP TABLE x --").ShouldBeEmpty();
        Closes("trade_date=").Length.ShouldBe(5);
        TestMarkets.Ask(replay, "trade_cal", "is_open=1").Column("cal_date").ShouldBe(["20220602", "20220601"]);
        TestMarkets.Ask(replay, "trade_cal", "is_open=x").Rows.ShouldBeEmpty();
        TestMarkets.Ask(replay, "trade_cal")[0, "is_open"].ToString().ShouldBe("0", "an integer, without a fraction");
        replay.OpenDays.ShouldBe([new DateOnly(2022, 6, 1), new DateOnly(2022, 6, 2)]);
    }

    [Fact]
    public void Folder_ThatIsMissingEmptyOrBroken_IsNamed()
    {
        var missing = Should.Throw<TidemarkException>(() => new ReplaySource(Path.Combine(_folder, "nowhere")));
        missing.Code.ShouldBe("REPLAY_UNREADABLE");
        missing.Message.ShouldContain(Path.Combine(_folder, "nowhere"));
        Should.Throw<TidemarkException>(() => new ReplaySource(_folder)).Message.ShouldContain("holds no recording");

        Write("daily.parquet", "this is no parquet");
        var broken = Should.Throw<TidemarkException>(() => new ReplaySource(_folder));
        broken.Message.ShouldContain("daily.parquet");
        broken.Kind.ShouldBe(ErrorKind.Configuration);
        File.Delete(Path.Combine(_folder, "tushare", "daily.parquet"));

        Write("daily.csv", "ts_code,trade_date,close\n000001.SZ,20220601,abc\n");
        var text = Should.Throw<TidemarkException>(() => new ReplaySource(_folder)).Message;
        text.ShouldContain("daily.csv");
        text.ShouldContain("abc");
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Recording_OfTheWholeMarket_IsServedRowByRow()
    {
        var data = TestMarkets.SharedData();
        if (data is null)
        {
            Assert.Skip("../shared/data is not on this machine");
        }

        var folder = Path.Combine(data, "replay-cn");
        using var replay = new ReplaySource(folder);
        await using var server = await TushareSimulator.StartAsync(
            new TushareSimulatorOptions { Source = replay },
            TestContext.Current.CancellationToken
        );
        using var client = new PythonLikeClient(server.Address);
        replay.FirstDay.ShouldBe(new DateOnly(2022, 6, 1));
        replay.LastDay.ShouldBe(new DateOnly(2022, 12, 30));
        var total = 0;
        foreach (var line in File.ReadLines(Path.Combine(folder, "answers_daily_by_day.csv")).Skip(1))
        {
            var expected = line.Split(',');
            var day = await client.QueryAsync("daily", new { trade_date = expected[0] }, "trade_date,vol,amount,close");

            day.Rows.Length.ShouldBe(int.Parse(expected[1], CultureInfo.InvariantCulture), expected[0]);
            ShouldSumTo(day, "vol", expected[2]);
            ShouldSumTo(day, "amount", expected[3]);
            ShouldSumTo(day, "close", expected[4]);
            total += day.Rows.Length;
        }

        total.ShouldBe(708_327);
        (await client.QueryAsync("stock_basic")).Rows.Length.ShouldBe(5122);
        (await client.QueryAsync("suspend_d", new { suspend_type = "S" })).Rows.Length.ShouldBe(985);
        replay
            .OpenDays.Count(d => d >= replay.FirstDay && d <= replay.LastDay)
            .ShouldBe(146, "2022-09-15 was open but not recorded");
    }

    private static void ShouldSumTo(Table table, string column, string expected)
    {
        var sum = double.Parse(expected, CultureInfo.InvariantCulture);
        var index = Array.IndexOf(table.Fields, column);
        table.Rows.Sum(row => row[index].GetDouble()).ShouldBe(sum, Math.Abs(sum) * 1e-12);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, "tushare", name), text);
}
