using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Yaml;
using Tidemark.Hosting.Workspace;
using Tidemark.Lake.Parquet;
using Tidemark.Operations.Planning;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Hosting.Tests;

public sealed class WorkspaceReaderTests : IDisposable
{
    // The sample of spec/interfaces.md, flow mappings with ${NAME} included.
    private const string Sample = """
        timezone: Asia/Shanghai            # of the China schedule; options use their exchange's
        lake: ./lake                       # or s3://bucket/prefix
        control: ./control.db              # SQLite file, or postgres://user:pass@host/db
        catalog: ./catalog.duckdb
        definitions: ./definitions
        s3: { endpoint: "", region: us-east-1, access_key: ${S3_ACCESS_KEY}, secret_key: ${S3_SECRET_KEY}, path_style: true, cache: ./cache }
        vendors:
          tushare: { url: http://api.tushare.pro, token: ${TUSHARE_TOKEN}, rate_limits: { default: 200/min } }
          akshare: { url: http://127.0.0.1:8080 }                       # an AKTools server
          ibkr:    { host: 127.0.0.1, port: 4002, client_id: auto, market_data_type: live }
        pools:
          targets: { symbols: [600519.SH, 510300.SH], from_file: targets.csv }
        schedule: { china: "19:30", scope: both }
        engine: { threads: 0, memory: 70% }   # 0 = all cores
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private WorkspaceOptions Parse(string text, params (string Name, string Value)[] environment) =>
        WorkspaceReader.Parse(
            _folder.Path,
            text,
            environment.ToDictionary(pair => pair.Name, pair => pair.Value),
            ShippedVendors.All
        );

    private string Fault(string text, params (string Name, string Value)[] environment)
    {
        var error = Should.Throw<InvalidDefinitionException>(() => Parse(text, environment));
        error.Code.ShouldBe("CONFIG_INVALID");
        error.Kind.ShouldBe(ErrorKind.Configuration);
        return error.Message;
    }

    [Fact]
    public void Parse_OffOfTheEnvironment_IsAListWithCommas() =>
        Parse("off: [index.list]", ("TIDEMARK__OFF", "stock.valuation, dwd.dwd_stock_daily"))
            .Switches.Off.Select(e => e.Word)
            .ShouldBe(["stock.valuation", "dwd.dwd_stock_daily"]);

    [Fact]
    public void Parse_Retention_NamesTablesInFull()
    {
        var options = Parse("retention: { ods_stk_mins: 400d, dwd.dwd_stock_daily: 7d }");

        options.Retention.Days.ShouldBe(
            new Dictionary<string, int> { ["ods.ods_stk_mins"] = 400, ["dwd.dwd_stock_daily"] = 7 },
            ignoreOrder: true
        );
    }

    [Fact]
    public void Parse_TheSampleOfTheInterfaces_ReadsEveryKey()
    {
        var options = Parse(Sample, ("TUSHARE_TOKEN", "s3cret"));

        options.TimeZone.Id.ShouldBe("Asia/Shanghai");
        options.Lake.Path.ShouldBe(Path.Combine(_folder.Path, "lake"));
        options.Control.Path.ShouldBe(Path.Combine(_folder.Path, "control.db"));
        options.Catalog.ShouldBe(Path.Combine(_folder.Path, "catalog.duckdb"));
        options.Definitions.ShouldBeNull();
        options.S3.Endpoint.ShouldBeNull();
        options.S3.Cache.ShouldBe(Path.Combine(_folder.Path, "cache"));
        options.S3.CacheBytes.ShouldBe(20L << 30);
        options.S3.AccessKey.IsAvailable.ShouldBeFalse();
        options.Vendors.Of<TushareOptions>().Url.ShouldBe(new Uri("http://api.tushare.pro"));
        options.Vendors.Of<TushareOptions>().Token.Read().ShouldBe("s3cret");
        options
            .Vendors.Of<TushareOptions>()
            .RateLimits["default"]
            .ShouldBe(new RateLimit(200, TimeSpan.FromMinutes(1)));
        options
            .Vendors.Of<IbkrOptions>()
            .ShouldBe(
                new IbkrOptions("127.0.0.1", 4002, null, MarketDataType.Live, Path.Combine(_folder.Path, "client-ids"))
            );
        options.Pools.Targets.Symbols.ShouldBe(["600519.SH", "510300.SH"]);
        options.Pools.Targets.FromFile.ShouldBe(Path.Combine(_folder.Path, "targets.csv"));
        options.Schedule.China.ShouldBe(new TimeOnly(19, 30));
        options.Schedule.Scope.ShouldBe("both");
        options.Engine.ShouldBe(new EngineOptions(0, new MemoryLimit(70, null)));
        options.Engine.Memory.Resolve(1000).ShouldBe(700);
        options.Plan.ShouldBe(new PlanOptions(null, null));
        options.Raw.ShouldBe(new RawOptions(Enabled: true, TimeSpan.FromDays(30)));
        options.Retention.Days.ShouldBeEmpty();
    }

    [Fact]
    public void Parse_SecretNotSet_FailsOnlyWhenRead()
    {
        var options = Parse(Sample);

        options.Vendors.Of<TushareOptions>().Token.IsAvailable.ShouldBeFalse();
        var error = Should.Throw<TidemarkException>(() => options.Vendors.Of<TushareOptions>().Token.Read());
        error.Code.ShouldBe("SECRET_MISSING");
        error.Message.ShouldContain("'vendors.tushare.token' needs the environment variable TUSHARE_TOKEN");
        error.Message.ShouldContain("TIDEMARK__VENDORS__TUSHARE__TOKEN");
    }

    [Fact]
    public void Parse_MoreTokens_AreSecretsEachOfItsOwn()
    {
        const string Text = "vendors: { tushare: { more_tokens: [ '${TUSHARE_TOKEN_2}', in-the-file ] } }";
        var options = Parse(Text).Vendors.Of<TushareOptions>();

        options.MoreTokens.Select(token => token.IsAvailable).ShouldBe([false, true]);
        options.MoreTokens[0].HowToSet.ShouldBe("Set the environment variable TUSHARE_TOKEN_2");
        Parse(Text, ("TUSHARE_TOKEN_2", "second"))
            .Vendors.Of<TushareOptions>()
            .MoreTokens.Select(token => token.Read())
            .ShouldBe(["second", "in-the-file"]);
        Parse(Text, ("TIDEMARK__VENDORS__TUSHARE__MORE_TOKENS", "a, b"))
            .Vendors.Of<TushareOptions>()
            .MoreTokens.Select(token => token.Read())
            .ShouldBe(["a", "b"]);
        Parse(Text).Secrets.Count.ShouldBe(Parse("").Secrets.Count + 2, "each is masked");
        Parse("").Vendors.Of<TushareOptions>().MoreTokens.ShouldBeEmpty();
    }

    [Fact]
    public void Parse_EmptyVariableForSecret_IsMissingToo() =>
        Should.Throw<TidemarkException>(() =>
            Parse(Sample, ("TUSHARE_TOKEN", "")).Vendors.Of<TushareOptions>().Token.Read()
        );

    [Fact]
    public void Options_AsText_ShowNoSecret()
    {
        var options = Parse(
            "control: postgres://tide:${PG}@db/tide\nvendors: { tushare: { token: in-the-file } }\n",
            ("PG", "p@ss")
        );

        options.Control.Value.ShouldBe("postgres://tide:p%40ss@db/tide");
        options.ToString().ShouldNotContain("p@ss");
        options.ToString().ShouldNotContain("in-the-file");
        options.Control.ToString().ShouldBe("postgres://***@db/tide");
        options.Vendors.Of<TushareOptions>().Token.Read().ShouldBe("in-the-file");
    }

    [Theory]
    [InlineData("postgres://${USER}:${PG}@h/db", "postgres://a%40b:p%2F%3F%25%23@h/db")]
    [InlineData("postgres://${HOST}/db", "postgres://h:6543/db")]
    [InlineData("postgres://u:p@${HOST}/${DB}", "postgres://u:p@h:6543/a db")]
    [InlineData("${URL}", "postgres://u:p%40x@h/db")]
    public void Control_VariablesInAnAddress_AreTakenAsTheyAreWhereTheUserAndPasswordStand(string text, string value) =>
        Parse(
            $"control: \"{text}\"\n",
            ("USER", "a@b"),
            ("PG", "p/?%#"),
            ("HOST", "h:6543"),
            ("DB", "a db"),
            ("URL", "postgres://u:p%40x@h/db")
        )
            .Control.Value.ShouldBe(value);

    [Theory]
    [InlineData("postgres://u:s3cr3t-word@h", "'control' names no database")]
    [InlineData("postgres://u:s3cr3t-word@h/db?pool=3", "'control' has the parameter 'pool', expected host, port")]
    [InlineData("postgres://u:s3/cr3t-word@h/db", "/ as %2F")]
    [InlineData("mysql://u:s3cr3t-word@h/db", "begins with 'mysql://'")]
    public void Control_AddressWithAFault_SaysWhichAndShowsNoPassword(string text, string says)
    {
        var fault = Fault($"control: {text}\n");

        fault.ShouldContain(says);
        fault.ShouldNotContain("cr3t-word");
    }

    [Fact]
    public void Control_OnPostgres_HasItsKeysInTheWorkspace()
    {
        var options = Parse("control: postgres://u:s3cr3t-word@h/db?sslmode=require&password=s3cr3t-word\n");

        options.ControlKeys.ShouldBe(Path.Combine(options.Folder, "control.keys"));
        options.Places().ShouldContain(options.ControlKeys);
        options.Control.ToString().ShouldBe("postgres://***@h/db");
    }

    [Fact]
    public void Parse_VariableMissingElsewhere_IsAnErrorWithTheKey()
    {
        Fault("lake: ${DATA}/lake\n").ShouldContain("tidemark.yaml:1: 'lake' needs the environment variable DATA");
        Parse("lake: ${DATA}/lake\n", ("DATA", "/data")).Lake.Path.ShouldBe("/data/lake");
    }

    [Fact]
    public void Parse_Overrides_WinOverTheFile()
    {
        var options = Parse(
            Sample,
            ("TIDEMARK__TIMEZONE", "UTC"),
            ("TIDEMARK__VENDORS__TUSHARE__URL", "http://127.0.0.1:5000"),
            ("TIDEMARK__VENDORS__TUSHARE__TOKEN", "${OTHER}"),
            ("OTHER", "from-other"),
            ("TIDEMARK__VENDORS__TUSHARE__RATE_LIMITS__DAILY", "500/min"),
            ("TIDEMARK__POOLS__TARGETS__SYMBOLS", "000001.SZ, 000002.SZ"),
            ("TIDEMARK__ENGINE__THREADS", "2"),
            ("TIDEMARK__PLAN__FROM", "2022-06-01"),
            ("TIDEMARK__SCHEDULE__SCOPE", ""),
            ("TIDEMARK_WORKSPACE", "/elsewhere")
        );

        options.TimeZone.Id.ShouldBe("UTC");
        options.Vendors.Of<TushareOptions>().Url.Port.ShouldBe(5000);
        options.Vendors.Of<TushareOptions>().Token.Read().ShouldBe("from-other");
        options.Vendors.Of<TushareOptions>().RateLimits["daily"].Calls.ShouldBe(500);
        options.Vendors.Of<TushareOptions>().RateLimits["default"].Calls.ShouldBe(200);
        options.Pools.Targets.Symbols.ShouldBe(["000001.SZ", "000002.SZ"]);
        options.Engine.Threads.ShouldBe(2);
        options.Plan.From.ShouldBe(new DateOnly(2022, 6, 1));
        options.Schedule.Scope.ShouldBe("both");
    }

    [Fact]
    public void Parse_WrongOverrides_AreNamed()
    {
        var message = Fault(
            "",
            ("TIDEMARK__LAEK", "x"),
            ("TIDEMARK__ENGINE__THREADS", "two"),
            ("TIDEMARK__ENGINE____X", "y"),
            ("TIDEMARK__TIMEZONE__CITY", "y")
        );

        message.ShouldContain("environment variable TIDEMARK__LAEK: unknown key 'laek'; did you mean 'lake'?");
        message.ShouldContain("environment variable TIDEMARK__ENGINE__THREADS: 'engine.threads' is 'two'");
        message.ShouldContain("environment variable TIDEMARK__ENGINE____X: is not a name");
        message.ShouldContain("environment variable TIDEMARK__TIMEZONE__CITY: 'timezone' is a mapping");
    }

    [Theory]
    [InlineData("")]
    [InlineData("definitions: ./definitions\n")]
    public void Parse_AFileInThePlaceOfTheDefinitions_IsAFault(string text)
    {
        File.WriteAllText(Path.Combine(_folder.Path, "definitions"), "");

        Fault(text).ShouldContain("'definitions' is './definitions', but ");
    }

    [Fact]
    public void Parse_ManyFaults_ReportsAllAtOnce()
    {
        var message = Fault(
            """
            timezone: Shanghai
            lake: ftp://x/y
            catalog: ""
            definitions: ./mine
            vendors:
              tushare: { url: tushare.pro, rate_limit: { daily: 5/min }, rate_limits: { default: 200 } }
              ibkr: { port: 99999, market_data_type: realtime, client_id: x }
            pools: { targets: { symbols: [600519.SH, 600519.SH] } }
            schedule: { china: 1930, scope: all }
            engine: { threads: -1, memory: 70 }
            plan: { from: 2022-07-01, to: 2022-06-01 }
            raw: { keep: month, enabled: maybe }
            contrl: ./x.db
            retention: { ods_a: 12h, ods_b: 999999d, Ods: 7d }
            """
        );

        string[] expected =
        [
            "tidemark.yaml:1: 'timezone' is 'Shanghai', expected a time zone like Asia/Shanghai",
            "tidemark.yaml:2: 'lake' begins with 'ftp://', expected a path or s3://",
            "tidemark.yaml:3: 'catalog' must not be empty",
            "tidemark.yaml:4: 'definitions' is './mine', but there is no folder",
            "tidemark.yaml:6: 'vendors.tushare.url' is 'tushare.pro', expected an address like",
            "tidemark.yaml:6: unknown key 'vendors.tushare.rate_limit'; did you mean 'rate_limits'?",
            "tidemark.yaml:6: 'vendors.tushare.rate_limits' gives default '200', expected calls and window",
            "tidemark.yaml:7: 'vendors.ibkr.port' is '99999', expected a whole number from 1 to 65535",
            "tidemark.yaml:7: 'vendors.ibkr.market_data_type' is 'realtime', expected one of live, frozen, delayed, delayed_frozen",
            "tidemark.yaml:7: 'vendors.ibkr.client_id' is 'x'",
            "tidemark.yaml:8: 'pools.targets.symbols' names 600519.SH twice",
            "tidemark.yaml:9: 'schedule.china' is '1930', expected a quoted time",
            "tidemark.yaml:9: 'schedule.scope' is 'all', expected one of both, targets, universe",
            "tidemark.yaml:10: 'engine.threads' is '-1'",
            "tidemark.yaml:10: 'engine.memory' is '70', expected a share like 70%",
            "tidemark.yaml:11: 'plan.to' lies before 'plan.from'",
            "tidemark.yaml:12: 'raw.keep' is 'month', expected a duration",
            "tidemark.yaml:12: 'raw.enabled' is 'maybe', expected true or false",
            "tidemark.yaml:13: unknown key 'contrl'; did you mean 'control'?",
            "tidemark.yaml:14: 'retention' gives ods_a '12h', expected whole days like 400d",
            "tidemark.yaml:14: 'retention' gives ods_b '999999d', expected whole days like 400d",
            "tidemark.yaml:14: 'retention' names a table that cannot be: 'Ods'",
        ];
        foreach (var line in expected)
        {
            message.ShouldContain(line);
        }

        message.ShouldStartWith($"{expected.Length} problems in the workspace");
    }

    [Fact]
    public void Parse_OwnDefinitionsFolder_IsTaken()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "definitions"));

        Parse("").Definitions.ShouldBe(Path.Combine(_folder.Path, "definitions"));
    }

    [Fact]
    public void Load_Codec_IsThatOfTheNewFiles()
    {
        Parse("engine: { codec: zstd }").Engine.Codec.ShouldBe(ParquetCodec.Zstd);
        Should
            .Throw<InvalidDefinitionException>(() => Parse("engine: { codec: gzip }"))
            .Message.ShouldContain("'engine.codec' is 'gzip', expected one of snappy, zstd");
    }

    [Theory]
    [InlineData("1%", 10)]
    [InlineData("512MB", 512L << 20)]
    [InlineData("4GB", 4L << 30)]
    public void Memory_Spellings_Resolve(string text, long expected) =>
        Parse($"engine: {{ memory: {text} }}").Engine.Memory.Resolve(1000).ShouldBe(expected);

    [Fact]
    public void Load_NoFile_SaysWhichAndWhy()
    {
        var error = Should.Throw<TidemarkException>(() =>
            WorkspaceReader.Load(
                Path.Combine(_folder.Path, "none"),
                new Dictionary<string, string>(),
                ShippedVendors.All
            )
        );
        error.Code.ShouldBe("WORKSPACE_UNREADABLE");
        error.Message.ShouldContain("tidemark.yaml cannot be read");
    }
}
