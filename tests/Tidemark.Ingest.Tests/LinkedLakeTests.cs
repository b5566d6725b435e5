using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Lake.Storage;
using Tidemark.Operations;
using Tidemark.Operations.Query;
using Tidemark.Operations.Runs;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Days whose folder or file is a symbolic link: they alone are left out, nothing is asked for them, and mending the
/// link brings them back.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class LinkedLakeTests
{
    private const string Bars = "stock.daily_bars";
    private const string Day = "2024-06-11";
    private static readonly DateOnly s_day = TradeDate.ParseIso(Day);
    private static readonly RefetchRequest s_refetch = new(["daily"], s_day, s_day, [], null);

    [Theory]
    [InlineData("folder")]
    [InlineData("file")]
    public async Task Run_DayBehindALink_IsNotCompleteIsNotAskedForAndStaysAsItIs(string what)
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var complete = (await rig.StatusAsync(Bars, Day)).Complete;
        var (link, target) = Link(rig, what);
        var before = Files(target);
        var asked = 0;
        rig.Market.Before = (request, _) => asked += WatchedMarket.IsUnit(request, "daily") ? 1 : 0;

        var status = await rig.StatusAsync(Bars, Day);
        var run = await rig.RunAsync();
        var refetched = await rig.RefetchAsync(s_refetch);

        (status.Complete, status.Missing).ShouldBe((0, complete));
        run.Status.ShouldBe(RunStatus.Partial);
        run.EndedBy.ShouldBeNull();
        var error = run.Errors.ShouldHaveSingleItem();
        (error.Code, error.Unit.ToString()).ShouldBe((InnerLink.Code, $"tushare.daily/{Day}"));
        refetched.Verdict.ShouldBe(Verdict.Incomplete);
        asked.ShouldBe(0);
        (await rig.AttemptsAsync()).ShouldBeEmpty("it costs the day none");
        (await rig.Lake.DamageAsync(default)).Files.ShouldHaveSingleItem().Link.ShouldBe(link);
        Files(target).ShouldBe(before);

        PutBack(rig, link, target);
        (await rig.StatusAsync(Bars, Day)).Complete.ShouldBe(complete);
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("file")]
    public async Task Refetch_OnceTheLinkIsRemoved_BringsTheDayBack(string what)
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var complete = (await rig.StatusAsync(Bars, Day)).Complete;
        var (link, target) = Link(rig, what);
        var before = Files(target);

        File.Delete(Path.Combine(rig.LakeFolder, link));
        (await rig.RefetchAsync(s_refetch)).Verdict.ShouldBe(Verdict.Done);

        (await rig.StatusAsync(Bars, Day)).Complete.ShouldBe(complete);
        (await rig.Lake.DamageAsync(default)).Files.ShouldBeEmpty();
        Files(target).ShouldBe(before);
    }

    [Fact]
    public async Task Run_DayThatIsDueAndWhoseFolderIsALink_TakesOnlyItself()
    {
        await using var rig = await IngestRig.StartAsync();
        var foreign = Directory.CreateDirectory(Path.Combine(rig.LakeFolder, "../foreign")).FullName;
        Directory.CreateDirectory(Path.Combine(rig.LakeFolder, "ods/ods_daily"));
        Directory.CreateSymbolicLink(Path.Combine(rig.LakeFolder, $"ods/ods_daily/dt={Day}"), foreign);

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Partial);
        run.Errors.ShouldHaveSingleItem().Code.ShouldBe(InnerLink.Code);
        (await rig.DaysInLakeAsync("ods_daily")).ShouldBe(IngestRig.Days.Except([Day]));
        Directory.GetFileSystemEntries(foreign).ShouldBeEmpty();
        (await rig.Lake.DamageAsync(default)).Unlisted.ShouldHaveSingleItem().Name.ShouldBe($"ods/ods_daily/dt={Day}");
    }

    [Fact]
    public async Task Run_TableWhoseLogIsALink_TakesOnlyItself()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var log = Path.Combine(rig.LakeFolder, "ods/ods_daily/_delta_log");
        var away = Path.Combine(Path.GetDirectoryName(rig.LakeFolder)!, "log");
        Directory.Move(log, away);
        Directory.CreateSymbolicLink(log, away);
        var before = Files(away);
        rig.Clock.Advance(TimeSpan.FromDays(1));

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Partial);
        run.Committed.ShouldBePositive();
        run.Errors.ShouldHaveSingleItem().Code.ShouldBe(InnerLink.Code);
        Files(away).ShouldBe(before);
        (await rig.Lake.DamageAsync(default)).Unlisted.ShouldHaveSingleItem().Name.ShouldBe("ods/ods_daily/_delta_log");

        Directory.Delete(log);
        Directory.Move(away, log);
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
    }

    [Fact]
    public async Task Sql_OfATableWithALink_NamesItAndNotTheEnginesFence()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var (link, _) = Link(rig, "folder");

        var request = new QueryRequest("SELECT count(*) FROM ods.ods_daily");
        var error = await Should.ThrowAsync<TidemarkException>(() => CountAsync(rig, request));

        error.Code.ShouldBe(InnerLink.Code);
        error.Message.ShouldContain(link);
        var query = rig.Get<QueryOperation>();
        (await query.LinksAsync(request, default)).Damage.Files.ShouldHaveSingleItem().Link.ShouldBe(link);
        (await query.LinksAsync(new QueryRequest("FROM ods.ods_daily_basic"), default)).Damage.Files.ShouldBeEmpty();
    }

    private static async Task<int> CountAsync(IngestRig rig, QueryRequest request)
    {
        var query = rig.Get<QueryOperation>();
        try
        {
            using var rows = await query.OpenAsync(request, QueryForm.Text, default);
            var count = 0;
            while (rows.Next() is not null)
            {
                count++;
            }

            return count;
        }
        catch (Exception e) when (e is not TidemarkException)
        {
            throw await query.WhyAsync(request, e, default) ?? e;
        }
    }

    /// <summary>Moves the day, or its file, out of the lake, and links it; the link's key and where it leads.</summary>
    private static (string Link, string Target) Link(IngestRig rig, string what)
    {
        var folder = Path.Combine(rig.LakeFolder, $"ods/ods_daily/dt={Day}");
        var moved = what == "folder" ? folder : Directory.GetFiles(folder, "*.parquet").Single();
        var target = Path.Combine(Path.GetDirectoryName(rig.LakeFolder)!, "elsewhere");
        Directory.Move(moved, target);
        File.CreateSymbolicLink(moved, target);
        return (Path.GetRelativePath(rig.LakeFolder, moved), target);
    }

    private static void PutBack(IngestRig rig, string link, string target)
    {
        File.Delete(Path.Combine(rig.LakeFolder, link));
        Directory.Move(target, Path.Combine(rig.LakeFolder, link));
    }

    private static string[] Files(string place) =>
        [
            .. (Directory.Exists(place) ? Directory.GetFiles(place) : [place])
                .Order(StringComparer.Ordinal)
                .Select(f => $"{f} {Convert.ToHexString(File.ReadAllBytes(f))}"),
        ];
}
