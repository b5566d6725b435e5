using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Builds;

namespace Tidemark.Warehouse.Tests;

/// <summary>
/// Builds hold no lease. One that is stopped for an hour with rows in hand, while inputs change and another build
/// publishes them, must not put its old rows over the newer ones. It is stopped where it tells of its progress: its
/// rows are made, and not yet staged.
/// </summary>
public sealed class StoppedBuildTests : IDisposable
{
    private const string Copy =
        "-- partition: dt\n-- key: code\nSELECT code, price, '${PARTITION_DATE}' AS dt FROM ods.ods_price_dt('${PARTITION_DATE}')";

    private static readonly TableId s_copy = new("dwd", "dwd_copy");
    private readonly Workshop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // --full builds what is up to date, too
    public async Task Build_StoppedWhileAnotherBuiltNewerInputs_KeepsTheNewerRows(bool full)
    {
        _shop.Write("dwd/dwd_copy.sql", Copy);
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 1)");
        await _shop.FillPricesAsync(Workshop.Day2, "('a', 1)");
        var project = _shop.Load();

        var result = await BuildAsync(
            project,
            full,
            async () =>
            {
                await _shop.FillPricesAsync(Workshop.Day1, "('a', 2)");
                (await _shop.BuildAsync(project)).IsSuccess.ShouldBeTrue();
            }
        );

        result.IsSuccess.ShouldBeTrue();
        (await _shop.RowsAsync("SELECT price, dt FROM dwd.dwd_copy ORDER BY dt")).ShouldBe([
            "2|2022-06-01",
            "1|2022-06-02",
        ]);
        (await _shop.BuildAsync(project)).Built.ShouldBeEmpty(); // and nothing is out of date
    }

    [Fact]
    public async Task Build_OvertakenEachTime_FailsAndTheNewestStands()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy);
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 0)");
        var project = _shop.Load();
        var round = 0;

        var result = await BuildAsync(
            project,
            full: false,
            async () =>
            {
                round++;
                await _shop.FillPricesAsync(Workshop.Day1, $"('a', {round})");
                await _shop.BuildAsync(project);
                await _shop.FillPricesAsync(Workshop.Day1, $"('a', {-round})"); // out of date once more
            },
            everyTime: true
        );

        result.Failed.ShouldHaveSingleItem().Code.ShouldBe("COMMIT_CONFLICT");
        round.ShouldBeGreaterThan(1);
        (await _shop.RowsAsync("SELECT price FROM dwd.dwd_copy")).ShouldBe([$"{round}"]);
    }

    [Fact]
    public async Task Build_OfAnotherDeclarationStoppedWhileAnotherBuilt_IsMadeOfTheNewerInputs()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy);
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 1)");
        var before = _shop.Load();
        await _shop.BuildAsync(before);
        _shop.Write("dwd/dwd_copy.sql", Copy.Replace("price,", "price AS cost,", StringComparison.Ordinal));

        var result = await BuildAsync(
            _shop.Load(),
            full: false,
            async () =>
            {
                await _shop.FillPricesAsync(Workshop.Day1, "('a', 2)");
                (await _shop.BuildAsync(before)).IsSuccess.ShouldBeTrue();
            }
        );

        result.IsSuccess.ShouldBeTrue();
        (await _shop.RowsAsync("SELECT cost FROM dwd.dwd_copy")).ShouldBe(["2"]);
    }

    private Task<BuildResult> BuildAsync(
        Project.WarehouseProject project,
        bool full,
        Func<Task> meanwhile,
        bool everyTime = false
    ) =>
        _shop.Builder.BuildAsync(
            project,
            new BuildRequest("stopped", [s_copy.ToString()]) { Full = full },
            new Stop(meanwhile, everyTime),
            default
        );

    /// <summary>
    /// Stops whoever tells of progress with rows in hand, once or each time, while something else happens.
    /// </summary>
    private sealed class Stop(Func<Task> meanwhile, bool everyTime) : IProgress<BuildProgress>
    {
        private bool _isOver;

        public void Report(BuildProgress value)
        {
            if (value.Rows > 0 && !_isOver)
            {
                _isOver = true;
                meanwhile().GetAwaiter().GetResult();
                _isOver = !everyTime;
            }
        }
    }
}
