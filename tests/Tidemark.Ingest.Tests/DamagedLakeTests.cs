using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Lake.Maintenance;
using Tidemark.Operations;
using Tidemark.Operations.Query;
using Tidemark.Operations.Runs;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Data files that somebody deleted, emptied, cut or overwrote: seen by a listing, never counted as complete, and
/// brought back by the command that is named.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class DamagedLakeTests
{
    private const string Bars = "stock.daily_bars";
    private const string Day = "2024-06-11";
    private static readonly DateOnly s_day = TradeDate.ParseIso(Day);
    private static readonly RefetchRequest s_refetch = new(["daily"], s_day, s_day, [], null);

    /// <summary>What is done to a file, and whether its size tells.</summary>
    public static TheoryData<string, bool> Damages { get; } =
        new()
        {
            { "deleted", true },
            { "emptied", true },
            { "cut by half", true },
            { "a folder in its place", true },
            { "garbage of the same size", false },
        };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Refetch_DayWhoseFileIsDamaged_BringsItBackInOneCommitAndSaysWhatCouldNotBeRead(
        string what,
        bool isListed
    )
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var before = await SumAsync(rig);
        var rows = await rig.NumberAsync($"SELECT count(*) FROM ods.ods_daily WHERE dt = '{Day}'");
        var version = (await rig.SnapshotAsync("ods_daily")).Version;
        var symbol = await SymbolAsync(rig);
        Damage(FileOf(rig, "ods_daily", Day), what);

        (await rig.Lake.DamageAsync(default)).Files.Count.ShouldBe(isListed ? 1 : 0);
        var response = await rig.RefetchAsync(s_refetch with { Symbols = [symbol] });

        response.Verdict.ShouldBe(Verdict.Done);
        response.Rows.ShouldBe(new RowChanges(rows, 0, 0, 0));
        (response.Run.Counts.UnreadRows, response.Run.Counts.UnreadFiles).ShouldBe((rows, 1));
        response.Symbols.Single().Rows.ShouldBe(new RowChanges(1, 0, 0, 0));
        (await SumAsync(rig)).ShouldBe(before);
        (await rig.SnapshotAsync("ods_daily")).Version.ShouldBe(version + 1, "one commit");
        await EnsureSoundAsync(rig);
        (await rig.StatusAsync(Bars, Day)).Missing.ShouldBe(0);
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("emptied")]
    [InlineData("cut by half")]
    public async Task Run_DayWhoseFileIsDamaged_IsNotCompleteAndIsPlannedAgain(string what)
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var complete = (await rig.StatusAsync(Bars, Day)).Complete;
        complete.ShouldBeGreaterThan(10);
        Damage(FileOf(rig, "ods_daily", Day), what);

        var status = await rig.StatusAsync(Bars, Day);
        var plan = await rig.PlanAsync();
        var run = await rig.RunAsync();

        (status.Complete, status.Missing).ShouldBe((0, complete));
        plan.Units.Select(u => u.Id.ToString()).ShouldBe([$"tushare.daily/{Day}"]);
        plan.Lost.Count.ShouldBe(1);
        run.Counts.UnreadFiles.ShouldBe(1);
        (await rig.StatusAsync(Bars, Day)).Complete.ShouldBe(complete);
        await EnsureSoundAsync(rig);
    }

    [Fact]
    public async Task Status_FileThatComesBack_CountsAgain()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var whole = await rig.StatusAsync(Bars, Day);
        var file = FileOf(rig, "ods_daily", Day);
        File.Move(file, file + ".away");

        var without = await rig.StatusAsync(Bars, Day);
        File.Move(file + ".away", file);

        without.Complete.ShouldBe(0);
        (await rig.StatusAsync(Bars, Day)).ShouldBe(whole);
    }

    [Fact]
    public async Task Run_TableThatCannotBeRead_DoesTheRestAndIsRecordedAsPartialByName()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var log = Path.Combine(rig.LakeFolder, "ods/ods_daily/_delta_log");
        var next = Directory.GetFiles(log, "*.json").Length;
        await File.WriteAllTextAsync(
            Path.Combine(log, $"{next:D20}.json"),
            """{"add":{"path":"../elsewhere.parquet","partitionValues":{"dt":"2024-06-11"},"size":1,"modificationTime":1,"dataChange":true}}""",
            TestContext.Current.CancellationToken
        );
        rig.Clock.Advance(TimeSpan.FromDays(1));

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Partial);
        run.Committed.ShouldBePositive("what else is due is fetched");
        run.Unreadable.ShouldHaveSingleItem().Dataset.ShouldBe("tushare.daily");
        var row = await rig.RunRowAsync(run.Id);
        row.Status.ShouldBe(RunStatus.Partial);
        row.ErrorMessage.ShouldNotBeNull()
            .ShouldStartWith("tushare.daily was not asked for: ods.ods_daily names the file");
    }

    [Fact]
    public async Task Run_TheEveningOfADayWhoseListCameInTheMorning_AsksForItOnceMore()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        rig.Clock.Advance(TimeSpan.FromHours(13)); // the next morning
        var evening = rig.Clock.GetUtcNow().AddHours(11);
        var list = $"tushare.stock_basic/{DateOnly.FromDateTime(evening.AddHours(8).DateTime).ToIso()}";
        await rig.RefetchAsync(new RefetchRequest(["stock_basic"], null, null, [], null));
        (await rig.PlanAsync()).Units.ShouldNotContain(u => u.Id.ToString() == list);

        rig.Clock.Advance(TimeSpan.FromHours(11));
        (await rig.PlanAsync()).Units.ShouldContain(u => u.Id.ToString() == list);
        await rig.RunAsync();

        (await rig.PlanAsync()).Units.ShouldNotContain(
            u => u.Id.ToString() == list,
            "the same rows, and no new version"
        );
    }

    [Fact]
    public async Task Run_GivenUpUnitWhoseFileIsLost_IsAskedForAgain()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var given = new UnitAttempt($"tushare.daily/{Day}", 8, 8, rig.Clock.GetUtcNow(), NextAt: null, "x");
        await rig.Get<UnitAttempts>().WriteAsync([given], [], default);
        Damage(FileOf(rig, "ods_daily", Day), "deleted");

        (await rig.PlanAsync()).Lost.Select(u => u.ToString()).ShouldBe([$"tushare.daily/{Day}"]);
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("garbage of the same size")]
    public async Task Refetch_ListOfAPastDayThatIsDamaged_TakesThePresentOneAndForgetsIt(string what)
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var past = DateOnly.FromDateTime(rig.Clock.GetUtcNow().AddHours(8).DateTime);
        rig.Clock.Advance(TimeSpan.FromDays(1));
        await rig.RunAsync();
        Damage(FileOf(rig, "ods_stock_basic", past.ToIso()), what);

        var response = await rig.RefetchAsync(new RefetchRequest(["stock_basic"], past, past, [], null));

        response.Run.PastLists.ShouldBeEmpty();
        response.Run.Counts.UnreadFiles.ShouldBe(1);
        (await rig.DaysInLakeAsync("ods_stock_basic")).ShouldBe([past.AddDays(1).ToIso()]);
        await EnsureSoundAsync(rig);
    }

    [Fact]
    public async Task Refetch_OneOfTwoDamagedDays_LeavesTheOtherToTheNextRun()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var before = await SumAsync(rig);
        foreach (var day in new[] { "2024-06-07", Day })
        {
            Damage(FileOf(rig, "ods_daily", day), "deleted");
        }

        var response = await rig.RefetchAsync(s_refetch);
        (await rig.Lake.DamageAsync(default)).Files.ShouldHaveSingleItem().Line.ShouldContain("2024-06-07");
        var run = await rig.RunAsync();

        response.Run.Counts.UnreadFiles.ShouldBe(1);
        run.Lost.Select(u => u.ToString()).ShouldBe(["tushare.daily/2024-06-07"]);
        (await SumAsync(rig)).ShouldBe(before);
        await EnsureSoundAsync(rig);
    }

    [Fact]
    public async Task Sql_TableWithAMissingFile_SaysWhichAndWhatBringsItBack()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunBothAsync();
        var first = (await rig.SnapshotAsync("ods_daily")).Version;
        Damage(FileOf(rig, "ods_daily", "2024-06-06"), "deleted");

        var now = await QueryAsync(rig, new QueryRequest("SELECT sum(close) FROM ods.ods_daily"));
        var asOf = await QueryAsync(
            rig,
            new QueryRequest("SELECT sum(close) FROM ods.ods_daily") { AsOf = rig.Clock.GetUtcNow() }
        );
        var other = await QueryAsync(
            rig,
            new QueryRequest("SELECT count(*) FROM ods.ods_stock_basic") { AsOf = rig.Clock.GetUtcNow() }
        );
        await rig.RunAsync();
        var old = await QueryAsync(
            rig,
            new QueryRequest("SELECT sum(close) FROM ods.ods_daily") { Versions = [$"ods.ods_daily={first}"] }
        );

        foreach (var error in new[] { now, asOf })
        {
            error.ShouldNotBeNull().Code.ShouldBe("OBJECT_MISSING");
            error.Message.ShouldContain("`tidemark refetch tushare.daily --from 2024-06-06 --to 2024-06-06`");
        }

        other.ShouldBeNull();
        old.ShouldNotBeNull().Code.ShouldBe("VERSION_VACUUMED");
        old.Message.ShouldContain("The oldest version that can be read is");
    }

    [Fact]
    public async Task Sql_AsOfWithATableWhoseLogIsDamaged_FailsOnlyWhereItIsNamed()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunBothAsync();
        var log = Path.Combine(rig.LakeFolder, "ods/ods_suspend_d/_delta_log/00000000000000000000.json");
        await File.WriteAllBytesAsync(log, []);
        await rig.ReopenAsync();
        var request = new QueryRequest("SELECT count(*) FROM ods.ods_daily") { AsOf = rig.Clock.GetUtcNow() };

        (await QueryAsync(rig, request)).ShouldBeNull();
        (await QueryAsync(rig, request with { AsOf = null, Versions = ["ods.ods_suspend_d=0"] })).ShouldBeNull();
        var named = await QueryAsync(rig, request with { Sql = "SELECT count(*) FROM ods.ods_suspend_d" });
        named.ShouldNotBeNull().Code.ShouldBe("LOG_CORRUPT");
        named.Message.ShouldContain("backup");
    }

    [Fact]
    public async Task Verify_DamagedFile_NamesTheCommandThatBringsItBack()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        Damage(FileOf(rig, "ods_daily", Day), "emptied");

        var verifier = new LakeVerifier(rig.Lake);
        var table = await verifier.TablesAsync(["ods.ods_daily"], default);
        var fault = (await verifier.VerifyAsync(table.Single(), quick: true, null, default)).Faults.Single();

        fault.Advice.ShouldContain($"`tidemark refetch tushare.daily --from {Day} --to {Day}`");
    }

    private static string FileOf(IngestRig rig, string table, string day) =>
        Directory.GetFiles(Path.Combine(rig.LakeFolder, "ods", table, $"dt={day}"), "*.parquet").Single();

    private static void Damage(string file, string what)
    {
        var size = new FileInfo(file).Length;
        switch (what)
        {
            case "deleted":
                File.Delete(file);
                break;
            case "emptied":
                File.WriteAllBytes(file, []);
                break;
            case "cut by half":
                using (var stream = File.OpenWrite(file))
                {
                    stream.SetLength(size / 2);
                }

                break;
            case "a folder in its place":
                File.Delete(file);
                Directory.CreateDirectory(file);
                break;
            default:
                File.WriteAllBytes(file, Enumerable.Repeat((byte)'x', (int)size).ToArray());
                break;
        }
    }

    private static async Task EnsureSoundAsync(IngestRig rig)
    {
        (await rig.Lake.DamageAsync(default)).Files.ShouldBeEmpty();
        var verifier = new LakeVerifier(rig.Lake);
        foreach (var table in await verifier.TablesAsync([], default))
        {
            (await verifier.VerifyAsync(table, quick: false, null, default)).Faults.ShouldBeEmpty();
        }
    }

    private static async Task<string> SymbolAsync(IngestRig rig)
    {
        using var session = await rig.Lake.OpenSessionAsync(null, default);
        return (string)session.Connection.Scalar($"SELECT min(ts_code) FROM ods.ods_daily WHERE dt = '{Day}'")!;
    }

    private static Task<long> SumAsync(IngestRig rig) =>
        rig.NumberAsync(
            "SELECT CAST(sum(hash(ts_code, dt, open, high, low, close, vol, amount) % 1000000) AS BIGINT) FROM ods.ods_daily"
        );

    private static async Task<TidemarkException?> QueryAsync(IngestRig rig, QueryRequest request)
    {
        try
        {
            using var rows = await rig.Get<QueryOperation>().OpenAsync(request, QueryForm.Text, default);
            while (rows.Next() is not null) { }

            return null;
        }
        catch (TidemarkException e)
        {
            return e;
        }
    }
}
