using Tidemark.Lake.Maintenance;
using Tidemark.Warehouse.Builds;

namespace Tidemark.Warehouse.Tests;

/// <summary>
/// Files of built tables and of their inputs that somebody deleted, cut or overwrote: a build makes them again, or says
/// what has to be fetched first.
/// </summary>
public sealed class DamagedTableTests : IDisposable
{
    private const string Copy =
        "-- partition: dt\n-- key: code\nSELECT code, price, '${PARTITION_DATE}' AS dt FROM ods.ods_price_dt('${PARTITION_DATE}')";

    private const string All =
        "-- partition: none\n-- key: code\nSELECT code, sum(price) AS price FROM ods.ods_price GROUP BY 1";

    private readonly Workshop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Theory]
    [InlineData("deleted", false)]
    [InlineData("emptied", false)]
    [InlineData("garbage", true)] // of the same size: only `verify` sees it, and names --full
    public async Task Build_PartitionWhoseFileIsDamaged_IsMadeAgain(string what, bool full)
    {
        var project = await BuiltAsync();
        var before = await RowsAsync();
        Damage(FileOf("dwd/dwd_copy", "2022-06-01"), what);
        Damage(FileOf("dim/dim_all"), what);
        var advice = await AdviceAsync();

        var result = await _shop.BuildAsync(project, new BuildRequest("run", [], Workshop.Day1, Workshop.Day1, full));

        advice.ShouldContain(
            "`tidemark build dwd.dwd_copy --from 2022-06-01 --to 2022-06-01 --full` makes its rows again."
        );
        advice.ShouldContain("`tidemark build dim.dim_all --full` makes its rows again.");
        result.IsSuccess.ShouldBeTrue();
        result.Built.Select(b => (b.Table, b.Dt)).ShouldBe([("dim.dim_all", null), ("dwd.dwd_copy", Workshop.Day1)]);
        (await RowsAsync()).ShouldBe(before);
        (await AdviceAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("deleted", "OBJECT_MISSING")]
    [InlineData("garbage", "OBJECT_DAMAGED")]
    public async Task Build_InputIsDamaged_FailsForItsDayAloneAndNamesTheFile(string what, string code)
    {
        var project = await BuiltAsync();
        Damage(FileOf("ods/ods_price", "2022-06-01"), what);

        var result = await _shop.BuildAsync(project, new BuildRequest("run", ["dwd"], Full: true));

        result.Built.Select(b => b.Dt).ShouldBe([Workshop.Day2]);
        var failed = result.Failed.ShouldHaveSingleItem();
        (failed.Dt, failed.Code).ShouldBe((Workshop.Day1, code));
        failed.Error.ShouldContain("ods/ods_price/dt=2022-06-01/");
        failed.Error.ShouldContain("tidemark refetch");
    }

    [Fact]
    public async Task Build_RowsThatAnotherProgramAppendedToo_TakesTheirPlaceAsVerifyAdvises()
    {
        var project = await BuiltAsync();
        var before = await RowsAsync();
        await AppendAgainAsync("dwd/dwd_copy", "2022-06-01");
        await AppendAgainAsync("dim/dim_all");
        var advice = await AdviceAsync();

        var result = await _shop.BuildAsync(
            project,
            new BuildRequest("run", [], Workshop.Day1, Workshop.Day1, Full: true)
        );

        advice.ShouldContain(
            "`tidemark build dwd.dwd_copy --from 2022-06-01 --to 2022-06-01 --full` makes its rows again. Each key stands once then."
        );
        advice.ShouldContain("`tidemark build dim.dim_all --full` makes its rows again. Each key stands once then.");
        result.IsSuccess.ShouldBeTrue();
        (await RowsAsync()).ShouldBe(before);
        (await AdviceAsync()).ShouldBeEmpty();
    }

    /// <summary>
    /// What another engine writes: a file with the rows that stand, and an entry that says nothing of units.
    /// </summary>
    private async Task AppendAgainAsync(string table, string? day = null)
    {
        var ours = FileOf(table, day);
        var theirs = Path.Combine(Path.GetDirectoryName(ours)!, "theirs.parquet");
        File.Copy(ours, theirs);
        var (folder, values) = day is null ? ("", "") : ($"dt={day}/", $"\"dt\":\"{day}\"");
        var log = Path.Combine(_shop.Lake.Store.ReadablePath(""), table, "_delta_log");
        await File.WriteAllTextAsync(
            Path.Combine(log, $"{Directory.GetFiles(log, "*.json").Length:D20}.json"),
            $"{{\"add\":{{\"path\":\"{folder}theirs.parquet\",\"partitionValues\":{{{values}}},\"size\":{new FileInfo(theirs).Length},\"modificationTime\":1,\"dataChange\":true}}}}\n"
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Build_PartitionThatIsALink_FailsForItsDayAloneAndLeavesWhatItLeadsTo(bool isThere)
    {
        var project = await BuiltAsync();
        var folder = Path.GetDirectoryName(FileOf("dwd/dwd_copy", "2022-06-01"))!;
        var away = Path.Combine(_shop.Lake.Store.ReadablePath(""), "_away");
        if (isThere)
        {
            Directory.Move(folder, away);
        }
        else
        {
            Directory.Delete(folder, recursive: true);
            Directory.CreateDirectory(away);
        }

        Directory.CreateSymbolicLink(folder, away);
        var before = Directory.GetFiles(away);
        var request = new BuildRequest("run", ["dwd"], Full: true);

        var result = await _shop.BuildAsync(project, request);

        result.Built.Select(b => b.Dt).ShouldBe([Workshop.Day2]);
        var failed = result.Failed.ShouldHaveSingleItem();
        (failed.Dt, failed.Code).ShouldBe((Workshop.Day1, "OBJECT_IS_LINK"));
        Directory.GetFiles(away).ShouldBe(before);
        (await AdviceAsync())
            .ShouldHaveSingleItem()
            .ShouldContain("Or remove the link: then `tidemark build dwd.dwd_copy");

        Directory.Delete(folder);
        (await _shop.BuildAsync(project, request)).IsSuccess.ShouldBeTrue();
        (await AdviceAsync()).ShouldBeEmpty();
    }

    private async Task<Tidemark.Warehouse.Project.WarehouseProject> BuiltAsync()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy);
        _shop.Write("dim/dim_all.sql", All);
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 1)");
        await _shop.FillPricesAsync(Workshop.Day2, "('a', 2)");
        var project = _shop.Load();
        (await _shop.BuildAsync(project)).IsSuccess.ShouldBeTrue();
        return project;
    }

    private Task<List<string>> RowsAsync() =>
        _shop.RowsAsync(
            "SELECT code, price, dt::VARCHAR FROM dwd.dwd_copy UNION ALL SELECT code, price, '' FROM dim.dim_all ORDER BY ALL"
        );

    private async Task<IReadOnlyList<string>> AdviceAsync()
    {
        var advice = new List<string>();
        var verifier = new LakeVerifier(_shop.Lake);
        foreach (var table in await verifier.TablesAsync([], default))
        {
            advice.AddRange(
                (await verifier.VerifyAsync(table, quick: false, null, default)).Faults.Select(f => f.Advice)
            );
        }

        return [.. advice.Distinct()];
    }

    private string FileOf(string table, string? day = null) =>
        Directory
            .GetFiles(
                Path.Combine(_shop.Lake.Store.ReadablePath(""), table, day is null ? "" : $"dt={day}"),
                "*.parquet"
            )
            .Single();

    private static void Damage(string file, string what)
    {
        switch (what)
        {
            case "deleted":
                File.Delete(file);
                break;
            case "emptied":
                File.WriteAllBytes(file, []);
                break;
            default:
                var written = File.GetLastWriteTimeUtc(file);
                File.WriteAllBytes(file, new byte[new FileInfo(file).Length]);
                // The engine keeps what it read of a file within the same second.
                File.SetLastWriteTimeUtc(file, written.AddMinutes(1));
                break;
        }
    }
}
