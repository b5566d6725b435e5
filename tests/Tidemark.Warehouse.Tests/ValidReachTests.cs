using Tidemark.Definitions.Yaml;
using Tidemark.Lake.Tables;
using Tidemark.Testing;
using Tidemark.Warehouse.Builds;

namespace Tidemark.Warehouse.Tests;

/// <summary>
/// Inputs with reach <c>valid</c>: rows of a table without days that say from when to when they hold. A day depends on
/// the rows that hold on it, and sees no end that had not come.
/// </summary>
public sealed class ValidReachTests : IDisposable
{
    private const string Names =
        "/* { partition: none, key: [code, valid_from] } */\nSELECT code, name, DATE '2022-06-01' + span::INTEGER - 1 AS valid_from, DATE '2022-06-01' + nullif(until, 0)::INTEGER - 1 AS valid_to FROM (SELECT code, split_part(name, '/', 1) AS name, split_part(name, '/', 2)::INTEGER AS span, split_part(name, '/', 3)::INTEGER AS until FROM ods.ods_list WHERE dt = (SELECT max(dt) FROM ods.ods_list))";

    private const string Named =
        "/* { partition: dt, key: [code], mode: range, reach: { ods.ods_price: day, dim.dim_name: valid } } */\n"
        + "SELECT price.code, price.dt, name, valid_to FROM ods.ods_price AS price LEFT JOIN dim.dim_name AS names ON names.code = price.code AND price.dt BETWEEN valid_from AND coalesce(valid_to, price.dt) "
        + "WHERE price.dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'";

    private readonly Workshop _shop = new();
    private DateOnly _list = new(2022, 6, 20);

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task Build_ARowThatEndsAndOneThatBegins_MakesTheirDaysOutOfDateAndNoOthers()
    {
        await FillAsync();
        await ListAsync("('a', 'old/1/0'), ('b', 'b/1/0')");
        await BuildAsync();

        await ListAsync("('a', 'old/1/3'), ('a', 'new/4/0'), ('b', 'b/1/0')");
        var built = await BuildAsync();

        Days(built).ShouldBe([6, 7, 8], "the new name holds from the 4th on, a Saturday, and the old one did before");
        (await RowsAsync()).ShouldBe(["1|old", "2|old", "3|old", "6|new", "7|new", "8|new"]);
    }

    [Fact]
    public async Task Build_AnEndThatHasNotCome_IsSeenByNoDayAndMakesNoneOutOfDate()
    {
        await FillAsync();
        await ListAsync("('a', 'old/1/0')");
        await BuildAsync();

        await ListAsync("('a', 'old/1/30')");

        Days(await BuildAsync()).ShouldBeEmpty();
        await _shop.BuildAsync(_shop.Load(), new BuildRequest("run", ["dwd_named"], Full: true));
        (await _shop.RowsAsync("SELECT count(valid_to) FROM dwd.dwd_named")).ShouldBe(["0"]);
    }

    [Fact]
    public async Task Build_ARowOfADayInTheMiddle_MakesThatDayAlone()
    {
        await FillAsync();
        await ListAsync("('a', 'a/1/0'), ('b', 'b/2/2')");
        await BuildAsync();

        await ListAsync("('a', 'a/1/0'), ('b', 'c/2/2')");

        Days(await BuildAsync()).ShouldBe([2]);
        Days(await BuildAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Build_RowsThatStandInAnotherOrder_AreUpToDate()
    {
        await FillAsync();
        await ListAsync("('a', 'a/1/0'), ('b', 'b/2/0')");
        await BuildAsync();

        await ListAsync("('b', 'b/2/0'), ('a', 'a/1/0')");

        Days(await BuildAsync()).ShouldBeEmpty();
    }

    /// <summary>What a day is made of does not depend on which days are made with it.</summary>
    [Fact]
    public async Task Build_DayByDay_GivesWhatARangeGives()
    {
        await FillAsync();
        await ListAsync("('a', 'x/1/2'), ('a', 'y/3/6'), ('a', 'z/7/0')");
        await BuildAsync();
        var together = await RowsAsync();

        foreach (var day in new[] { 1, 2, 3, 6, 7, 8 })
        {
            var on = new DateOnly(2022, 6, day);
            await _shop.BuildAsync(_shop.Load(), new BuildRequest("run", ["dwd_named"], on, on, Full: true));
        }

        (await RowsAsync()).ShouldBe(together);
        together.ShouldBe(["1|x", "2|x", "3|y", "6|y", "7|z", "8|z"]);
    }

    /// <summary>What a version says is kept, so that a build with nothing to do reads no rows.</summary>
    [Fact]
    public async Task Build_WhatAVersionSays_IsReadOnceAndKept()
    {
        await FillAsync();
        await ListAsync("('a', 'old/1/0')");
        var kept = new KeptInMemory();
        (await KeepingAsync()).ShouldBe([1, 2, 3, 6, 7, 8]);
        (kept.Kept, kept.Found).ShouldBe((1, 0));

        (await KeepingAsync()).ShouldBeEmpty();
        (kept.Kept, kept.Found).ShouldBe((1, 1));

        await ListAsync("('a', 'old/1/6'), ('a', 'new/7/0')");
        (await KeepingAsync()).ShouldBe([7, 8]);
        (kept.Kept, kept.Found).ShouldBe((2, 1));

        async Task<int[]> KeepingAsync()
        {
            var builder = new WarehouseBuilder(
                _shop.Lake,
                TimeProvider.System,
                calendars: Workshop.Calendars,
                answers: kept
            );
            var result = await builder.BuildAsync(_shop.Load(), new BuildRequest("run", []), null, default);
            result.Failed.ShouldBeEmpty();
            return Days(result);
        }
    }

    [Theory]
    [InlineData("ods.ods_price: valid", "'valid'")]
    [InlineData("ods.ods_price: day, ods.ods_list: valid", "'valid'")]
    public void Load_ValidOfATableWithDays_IsAFault(string reach, string says)
    {
        _shop.Write(
            "dwd/dwd_x.sql",
            $"/* {{ partition: dt, key: [code], mode: range, reach: {{ {reach} }} }} */\nSELECT price.code, price.dt FROM ods.ods_price AS price JOIN ods.ods_list USING (code) WHERE price.dt BETWEEN '${{RANGE_FROM}}' AND '${{RANGE_TO}}'"
        );

        Should.Throw<InvalidDefinitionException>(() => _shop.Load()).Message.ShouldContain(says);
    }

    [Fact]
    public void Load_ValidOfATableThatDoesNotSaySince_IsAFault()
    {
        _shop.Write(
            "dim/dim_name.sql",
            "/* { partition: none, key: [code] } */\nSELECT code, name FROM ods.ods_list GROUP BY ALL"
        );
        _shop.Write("dwd/dwd_named.sql", Named.Replace("valid_from", "DATE '2022-06-01'").Replace("valid_to", "NULL"));

        Should.Throw<InvalidDefinitionException>(() => _shop.Load()).Message.ShouldContain("dim.dim_name is 'valid': ");
    }

    [Fact]
    public async Task Build_AnInputWhoseFileIsGone_FailsAndNamesIt()
    {
        await FillAsync();
        await ListAsync("('a', 'a/1/0')");
        await BuildAsync();
        var table = await _shop.Lake.Table(new TableId("dim", "dim_name")).SnapshotAsync(default);
        var file = table.Files.Values.Single().Path;
        File.Delete(Path.Combine(Path.GetDirectoryName(_shop.Sql)!, "lake", "dim", "dim_name", file));

        var result = await _shop.BuildAsync(_shop.Load(), "dwd_named");

        var failure = result.Failed.ShouldHaveSingleItem();
        (failure.Table, failure.Code).ShouldBe(("dwd.dwd_named", "OBJECT_MISSING"));
        failure.Error.ShouldContain("dim.dim_name");
    }

    private async Task FillAsync()
    {
        _shop.Write("dim/dim_name.sql", Names);
        _shop.Write("dwd/dwd_named.sql", Named);
        foreach (var day in new[] { 1, 2, 3, 6, 7, 8 })
        {
            await _shop.FillPricesAsync(new DateOnly(2022, 6, day), "('a', 1)");
        }
    }

    private Task ListAsync(string rows)
    {
        _list = _list.AddDays(1);
        return _shop.FillAsync(Workshop.Sources[1], _list, "code, name", rows);
    }

    private async Task<BuildResult> BuildAsync()
    {
        var result = await _shop.BuildAsync(_shop.Load());
        result.Failed.ShouldBeEmpty();
        return result;
    }

    private Task<List<string>> RowsAsync() =>
        _shop.RowsAsync("SELECT day(dt), name FROM dwd.dwd_named WHERE code = 'a' ORDER BY dt");

    private static int[] Days(BuildResult result) =>
        [.. result.Built.Where(b => b.Table == "dwd.dwd_named").Select(b => b.Dt!.Value.Day)];
}
