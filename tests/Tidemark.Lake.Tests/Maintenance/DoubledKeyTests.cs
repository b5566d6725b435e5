using System.Text.RegularExpressions;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Maintenance;

/// <summary>
/// Keys that stand more than once: a verification names them, and following its advice takes them away.
/// </summary>
public sealed partial class DoubledKeyTests : IDisposable
{
    private const string Unit = "vendor.prices/2022-06-01";
    private readonly LakeFixture _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Verify_SomeKeysOfAUnitAppendedByAnotherProgram_NamesThemAndTheVersionBefore()
    {
        await CommitAsync(("a", 1.0), ("b", 2.0), ("c", 3.0));
        await _lake.AppendAsOthersAsync("('b', 2.0), ('a', 1.5), ('x', 9.0)");
        await _lake.CommitAsync("vendor.prices/2022-06-02", LakeFixture.Day.AddDays(1), ("a", 1.0));

        var fault = (await DoubledAsync()).ShouldHaveSingleItem();

        fault.Path.ShouldBe("ods/ods_prices/dt=2022-06-01/");
        fault.What.ShouldBe("ods.ods_prices on 2022-06-01 has 2 keys more than once: code = a stands in 2 rows");
        fault.Advice.ShouldStartWith(
            "Each stood once in version 0: `tidemark restore ods.ods_prices --version 0` brings that version back"
        );

        // Another commit of the unit leaves what it does not bring, so that is not what is advised.
        await CommitAsync(("a", 1.0), ("b", 2.0), ("c", 3.5));
        (await DoubledAsync()).ShouldHaveSingleItem().Advice.ShouldBe(fault.Advice);
        await RestoreAsync(fault.Advice);
        (await VerifyAsync()).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Verify_RowsOfAUnitAppendedAgain_AdvisesToFetchTheUnitWhichTakesTheirPlace()
    {
        await CommitAsync(("a", 1.0), ("b", 2.0), ("c", 3.0));
        await _lake.AppendAsOthersAsync("('b', 2.0), ('a', 1.5)");

        (await DoubledAsync())
            .ShouldHaveSingleItem()
            .Advice.ShouldBe(
                "`tidemark refetch vendor.prices --from 2022-06-01 --to 2022-06-01` fetches its rows again. Each key stands once then."
            );

        await CommitAsync(("a", 1.0), ("b", 2.0), ("c", 3.0));
        (await VerifyAsync()).Faults.ShouldBeEmpty();
        (await _lake.RowsAsync("SELECT code FROM ods.ods_prices ORDER BY ALL")).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task Verify_AUnitThatNobodyCanFetchAgain_AdvisesToRestore()
    {
        await CommitAsync(("a", 1.0));
        await _lake.AppendAsOthersAsync("('a', 1.0)");

        var found = await DoubledAsync(canBringAgain: (_, unit) => unit != Unit);

        await RestoreAsync(found.ShouldHaveSingleItem().Advice);
        (await VerifyAsync()).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Verify_TwoUnitsWithAKeyOnOneDay_NamesTheVersionBeforeTheSecond()
    {
        await CommitAsync(("a", 1.0), ("b", 2.0));
        await _lake.CommitAsync("vendor.prices/2022-06-02", LakeFixture.Day.AddDays(1), ("a", 1.0));
        await _lake.CommitAsync("renamed.prices/2022-06-01", LakeFixture.Day, ("a", 1.0));

        var fault = (await DoubledAsync()).ShouldHaveSingleItem();

        fault.What.ShouldContain("1 key more than once: code = a");
        fault.Advice.ShouldContain("--version 1`");
        await RestoreAsync(fault.Advice);
        (await VerifyAsync()).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Verify_EveryDayAppendedTwice_NamesEachDayAndOneVersionForAll()
    {
        for (var day = 1; day <= 3; day++)
        {
            await _lake.CommitAsync($"vendor.prices/2022-06-0{day}", new DateOnly(2022, 6, day), ("a", day));
        }

        for (var day = 1; day <= 3; day++)
        {
            await _lake.AppendAsOthersAsync("('a', 9.0), ('x', 1.0)", $"dt=2022-06-0{day}/");
        }

        var faults = await DoubledAsync();

        faults.Count.ShouldBe(3);
        faults.ShouldAllBe(f => f.Advice.Contains("--version 2`"));
        await RestoreAsync(faults[0].Advice);
        (await VerifyAsync()).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Verify_NoVersionHasEachKeyOnce_SaysSo()
    {
        await CommitAsync(("a", 1.0));
        await _lake.AppendAsOthersAsync("('x', 1.0), ('x', 2.0)", removesOurs: true);
        File.Delete(Directory.GetFiles(Path.Combine(_lake.Folder, "ods/ods_prices/dt=2022-06-01"), "part-*").Single());

        var fault = (await DoubledAsync()).ShouldHaveSingleItem();

        fault.Advice.ShouldStartWith("In every version that can be restored some occur twice");
    }

    [Fact]
    public async Task Verify_OtherKeysOfAnotherProgramOrTheSameOnOtherDays_AreNoFault()
    {
        await CommitAsync(("a", 1.0));
        await _lake.AppendAsOthersAsync("('x', 9.0)");
        await _lake.CommitAsync("vendor.prices/2022-06-02", LakeFixture.Day.AddDays(1), ("a", 1.0));

        (await DoubledAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Verify_Quick_LooksAtNoKey()
    {
        await CommitAsync(("a", 1.0));
        await _lake.AppendAsOthersAsync("('a', 1.0)");

        (await VerifyAsync(quick: true)).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Verify_ATableOfMonths_NamesTheDay()
    {
        using var months = new LakeFixture(partitioning: TablePartitioning.Month);
        await months.CommitAsync(Unit, LakeFixture.Day, ("a", 1.0));
        await months.CommitAsync("vendor.prices/2022-06-02", LakeFixture.Day.AddDays(1), ("a", 1.0));
        await months.AppendAsOthersAsync("('a', 1.0, DATE '2022-06-02')", "month=2022-06/", "code, price, dt");

        var fault = (await DoubledAsync(months)).ShouldHaveSingleItem();

        fault.Path.ShouldBe("ods/ods_prices/month=2022-06/");
        fault.What.ShouldStartWith("ods.ods_prices on 2022-06-02 has 1 key more than once");
        await RestoreAsync(fault.Advice, months);
        (await VerifyAsync(months)).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Verify_AFileThatIsDamagedToo_NamesBoth()
    {
        await CommitAsync(("a", 1.0));
        await _lake.CommitAsync("vendor.prices/2022-06-02", LakeFixture.Day.AddDays(1), ("a", 1.0));
        await _lake.AppendAsOthersAsync("('a', 1.0), ('x', 1.0)");
        var folder = Path.Combine(_lake.Folder, "ods/ods_prices/dt=2022-06-02");
        File.Delete(Directory.GetFiles(folder, "*.parquet").Single());

        (await VerifyAsync())
            .Faults.Select(f => f.What)
            .ShouldBe([
                "ods.ods_prices on 2022-06-01 has 1 key more than once: code = a stands in 2 rows",
                "it is missing",
            ]);
    }

    private Task CommitAsync(params (string, double?)[] rows) => _lake.CommitAsync(Unit, LakeFixture.Day, rows);

    /// <summary>The faults of keys; the markers are out of step with what others append until a commit.</summary>
    private async Task<IReadOnlyList<VerifyFinding>> DoubledAsync(
        LakeFixture? of = null,
        Func<TableId, string, bool>? canBringAgain = null
    ) =>
        [
            .. (await VerifyAsync(of, canBringAgain: canBringAgain)).Faults.Where(f =>
                f.What.Contains(" more than once: ", StringComparison.Ordinal)
            ),
        ];

    // With another lake each time, as another process would: it has read nothing yet.
    private async Task<TableVerification> VerifyAsync(
        LakeFixture? of = null,
        bool quick = false,
        Func<TableId, string, bool>? canBringAgain = null
    )
    {
        var lake = (of ?? _lake).NewLake();
        var table = lake.Table(LakeFixture.Prices().Id);
        return await new LakeVerifier(lake, canBringAgain).VerifyAsync(table, quick, progress: null, default);
    }

    /// <summary>Does what was advised.</summary>
    private Task RestoreAsync(string advice, LakeFixture? of = null) =>
        new TableRestore((of ?? _lake).NewLake().Table(LakeFixture.Prices().Id)).RestoreAsync(
            long.Parse(Advised().Match(advice).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture),
            default
        );

    [GeneratedRegex("tidemark restore ods.ods_prices --version ([0-9]+)`")]
    private static partial Regex Advised();
}
