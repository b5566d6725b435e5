using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Hosting;
using Tidemark.Hosting.Workspace;
using Tidemark.Ingest;
using Tidemark.Operations.Doctor;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Tables;
using Tidemark.Operations.Tests.Support;
using Tidemark.Operations.Tokens;
using Tidemark.Testing;
using Tidemark.Vendors.Ibkr;

namespace Tidemark.Operations.Tests;

/// <summary>
/// A vendor is one registration: its section, its client and what its datasets bring, with no other file of ours
/// changed.
/// </summary>
public sealed class VendorRegistrationTests : IDisposable
{
    private const string Dataset = """
        dataset: acme.prices
        title: Prices from files
        module: acme.prices
        bucket: stock
        api: prices
        table: ods_acme_prices
        grain: trading_day
        calendar: XSHG
        available: { at: "16:30", grace: 2h }
        request: { params: { day: "{dt}" }, row_cap: 100 }
        date_column: day
        key: [symbol, day]
        columns:
          symbol: { type: text }
          day: { type: date }
          price: { type: double }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-acme-").FullName;
    private readonly AcmeVendor _acme = new();
    private readonly Dictionary<string, string> _environment = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_OfAVendorFromOutside_BringsItsRows()
    {
        Write("mine/20260819.csv", "AAA,1.5\nBBB,2.5\n");
        Write("mine/20260820.csv", "AAA,1.75\n");
        await using var host = Open("acme: { folder: ./mine }");

        var run = await host.Get<RunOperation>()
            .RunAsync(
                new RunPoolsRequest([Pool.Universe], ["acme.prices"]),
                new NoWatcher(),
                TestContext.Current.CancellationToken
            );

        run.Verdict.ShouldBe(Verdict.Done);
        var tables = await host.Get<ListTables>().RunAsync(TestContext.Current.CancellationToken);
        tables.Tables.Single(t => t.Table == "ods.ods_acme_prices").Rows.ShouldBe(3);
    }

    [Fact]
    public async Task Doctor_OfAVendorFromOutside_SaysWhereItAsks()
    {
        await using var operations = MachineOperations.Of(WorldOf("acme: { folder: ./mine }"), _folder, null!);

        var report = await operations
            .Get<DoctorOperation>()
            .RunAsync(new DoctorRequest(), TestContext.Current.CancellationToken);

        report.Checks.Single(c => c.Check == "vendor").Message.ShouldContain("TOKEN_MISSING"); // the shipped datasets need one
        _environment["TUSHARE_TOKEN"] = "t0ken";
        report = await operations
            .Get<DoctorOperation>()
            .RunAsync(new DoctorRequest(), TestContext.Current.CancellationToken);
        report.Checks.Single(c => c.Check == "vendor").Message.ShouldContain(Path.Combine(_folder, "mine"));
    }

    [Fact]
    public async Task Section_IsReadFromFileAndEnvironment()
    {
        _environment["TIDEMARK__VENDORS__ACME__DECIMALS"] = "4";
        _environment["TIDEMARK__VENDORS__ACME__NAMES__PRICES"] = "fancy";
        await using var host = Open("acme: { strict: false, pause: 3s, later: soon }");

        var options = host.Options.Vendors.Of<AcmeOptions>();

        (options.Decimals, options.IsStrict, options.Pause).ShouldBe((4, false, TimeSpan.FromSeconds(3)));
        options.Folder.ShouldBe(Path.Combine(_folder, "acme"));
        options.Names.ShouldBe(
            new Dictionary<string, string> { ["default"] = "plain", ["prices"] = "fancy" },
            ignoreOrder: true
        );
        host.Options.Unread.ShouldBe(["vendors.acme.later"]);
    }

    [Theory]
    [InlineData("acme: { folders: x }", "vendors.acme.folders", "folder")]
    [InlineData("acmee: { folder: x }", "vendors.acmee", "acme")]
    public void Section_WithAnUnknownName_IsAnErrorThatNamesTheNearest(string section, string key, string nearest)
    {
        var error = Should.Throw<TidemarkException>(() => Open(section));

        error.Code.ShouldBe("CONFIG_INVALID");
        error.Message.ShouldContain($"'{key}'; did you mean '{nearest}'?");
    }

    [Fact]
    public void Section_WithFaults_TellsAllOfThem()
    {
        var error = Should.Throw<Tidemark.Definitions.Yaml.InvalidDefinitionException>(() =>
            Open("acme: { decimals: 9, strict: maybe, pause: long, url: ftp://x, folder: ~/x }")
        );

        error.Problems.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Secrets_OfASection_AreReadLateAndMasked()
    {
        _environment["ACME_PASSWORD"] = "open-sesame-now";
        _environment["TIDEMARK__VENDORS__ACME__URL"] = "http://user:swordfish-4711@127.0.0.1:9";
        var world = WorldOf("acme: {}");
        await using var host = TidemarkHost.Open(world, _folder);

        world.Secrets.Mask("open-sesame-now+swordfish-4711").Replace("*", "").ShouldBe("+");
        await host.Get<IVendorDirectory>().ConnectAsync("acme", TestContext.Current.CancellationToken);
        _acme.Password.ShouldBe("open-sesame-now");
    }

    [Fact]
    public async Task StoredToken_IsOneVendorsAndGoesToNoOther()
    {
        await using var host = Open("acme: {}");
        await host.Get<TokenOperation>()
            .StoreAsync(new StoreTokenRequest("of-tushare"), TestContext.Current.CancellationToken);

        await host.Get<IVendorDirectory>().ConnectAsync("acme", TestContext.Current.CancellationToken);

        _acme.Password.ShouldBeNull();
    }

    [Fact]
    public async Task Connect_ToAVendorWithoutDatasets_IsRefused()
    {
        await using var host = Open("acme: {}");

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            host.Get<IVendorDirectory>().ConnectAsync("ibkr", TestContext.Current.CancellationToken)
        );

        error.Code.ShouldBe("VENDOR_UNKNOWN");
        host.Options.Vendors.Of<IbkrOptions>().Port.ShouldBe(4002);
    }

    [Fact]
    public void NewWorkspace_HasTheSectionOfEveryVendor()
    {
        var text = WorkspaceWriter.Render(
            new Dictionary<string, string> { ["vendors.acme.decimals"] = "3" },
            [.. ShippedVendors.All, _acme]
        );

        var options = WorkspaceReader.Parse(_folder, text, _environment, [_acme, .. ShippedVendors.All]);
        options.Vendors.Of<AcmeOptions>().Decimals.ShouldBe(3);
        options.Unread.ShouldBeEmpty();
        text.ShouldContain("# where the files are");
    }

    private TidemarkHost Open(string section) => TidemarkHost.Open(WorldOf(section), _folder);

    private HostWorld WorldOf(string section)
    {
        Write("definitions/datasets/acme.prices.yaml", Dataset);
        Write(
            "tidemark.yaml",
            $$"""
            plan: { from: 2026-08-19, to: 2026-08-20 }
            vendors:
              {{section}}
            raw: { enabled: false }
            engine: { threads: 1, memory: 512MB }
            """
        );
        return new HostWorld(
            _environment,
            _folder,
            new ManualClock(new DateTimeOffset(2026, 8, 20, 13, 0, 0, TimeSpan.Zero)),
            new SystemIdSource()
        )
        {
            Vendors = [.. ShippedVendors.All, _acme],
        };
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
