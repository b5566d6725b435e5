using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>A lake with a small market, made once, whose targets each test writes anew.</summary>
public sealed class TargetedLake : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private SimulatorProcess? _simulator;

    internal Workspace Workspace { get; private set; } = null!;

    internal void Write(string targets) => _folder.Write("w/targets.csv", targets);

    public async ValueTask InitializeAsync()
    {
        _simulator = await SimulatorProcess.SmallMarketAsync(_folder.Path);
        Workspace = Workspace
            .Create(
                _folder.At("w"),
                _simulator.Url,
                "2025-06-26",
                "2025-06-27",
                more: "pools: { targets: { from_file: targets.csv } }"
            )
            .Here;
        // The file of targets is not there yet: the market does without.
        (await Workspace.RunAsync("run", "universe")).With(exitCode: 0);
        (await Workspace.JsonAsync("status", "--pool", "source_pool"))
            .GetProperty("pools")
            .GetArrayLength()
            .ShouldBe(1);
        Write("000002.SZ\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _simulator!.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>What the user names exists, or he hears of it.</summary>
public sealed class TargetSpellingTests(TargetedLake lake) : IClassFixture<TargetedLake>
{
    private readonly Workspace _workspace = lake.Workspace;

    [Theory]
    [InlineData("000002.SZ")]
    [InlineData("000002")]
    [InlineData("2")]
    [InlineData("sz000002")]
    [InlineData("SZ000002")]
    [InlineData("000002.XSHE")]
    [InlineData("000002.sz")]
    [InlineData("SZSE:000002")]
    [InlineData("\uFEFFcode;name\n\"000002.SZ\";x")]
    public async Task Target_InAnyUsualSpelling_IsTheOneInstrument(string targets)
    {
        lake.Write(targets + "\n");

        (await _workspace.RunAsync("run", "targets", "--datasets", "tushare.daily")).With(exitCode: 0);

        (await TargetCellsAsync()).ShouldBe(2);
        (await _workspace.RunAsync("doctor")).With(exitCode: 0);
    }

    [Theory]
    [InlineData("6000185.SH")]
    [InlineData("999999.SH")]
    [InlineData("000002.SH")]
    public async Task Target_ThatNoListHas_IsNamedByAllThatTellOfTargets(string unknown)
    {
        lake.Write($"000002.SZ\n{unknown}\n");

        var run = await _workspace.RunAsync("run", "targets", "--datasets", "tushare.daily");
        var status = await _workspace.RunAsync("status", "--pool", "target_pool", "--check", "stock.daily_bars");
        var doctor = await _workspace.RunAsync("doctor");

        (run.Out + run.Error).ShouldContain($"'{unknown}'");
        (status.Out + status.Error).ShouldContain($"'{unknown}'");
        doctor.With(exitCode: 1).Out.ShouldContain("TARGETS_UNKNOWN");
        doctor.Out.ShouldContain($"'{unknown}'");
        (await TargetCellsAsync()).ShouldBe(2, "the others are as before");
    }

    [Fact]
    public async Task Entity_InAnotherSpelling_IsFound() =>
        (await _workspace.RunAsync("status", "--entity", "sz000002")).With(exitCode: 0).Out.ShouldContain("complete");

    private async Task<long> TargetCellsAsync() =>
        (await _workspace.JsonAsync("status", "--pool", "target_pool", "--check", "stock.daily_bars"))
            .GetProperty("pools")[0]
            .GetProperty("buckets")[0]
            .GetProperty("checks")[0]
            .Number("complete");
}
