using Tidemark.Core;
using Tidemark.DuckDb;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests;

/// <summary>
/// What tables made from other tables need: tags, audits before the commit, tables that are not there yet.
/// </summary>
public sealed class DerivedTableTests : IDisposable
{
    private readonly LakeFixture _lake = new();

    [Fact]
    public async Task Tags_OfAUnitWhoseRowsStay_ReplaceTheOldOnesAndKeepTheFile()
    {
        await CommitAsync("SELECT 'a' AS code, 1 AS price", "one");
        var before = (await SnapshotAsync()).Files.Values.Single();

        var same = await CommitAsync("SELECT 'a' AS code, 1 AS price", "one");
        var retagged = await CommitAsync("SELECT 'a' AS code, 1 AS price", "two");

        same.IsNewVersion.ShouldBeFalse();
        retagged.IsNewVersion.ShouldBeTrue();
        var after = (await SnapshotAsync()).Files.Values.Single();
        (after.Path, after.Tags!["inputs"], after.Unit, after.DataChange).ShouldBe(
            (before.Path, "two", before.Unit, false)
        );
        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01"]);
    }

    [Fact]
    public async Task Tags_OfAUnitWithoutRows_AreKeptToo()
    {
        await CommitAsync("SELECT 'a' AS code, 1 AS price WHERE false", "one");
        await CommitAsync("SELECT 'a' AS code, 1 AS price WHERE false", "two");

        (await SnapshotAsync()).Files.Values.Single().Tags!["inputs"].ShouldBe("two");
    }

    [Fact]
    public async Task KeyViolations_DuplicatesAndNulls_AreFoundByUnit()
    {
        using var session = await _lake.Lake.OpenSessionAtAsync([], default);
        using var staging = _lake.Lake.Stage(LakeFixture.Prices(), "run");
        staging.AppendQuery(session, "u/1", LakeFixture.Day, "SELECT 'a' AS code, 1 AS price", default);
        staging.AppendQuery(session, "u/2", LakeFixture.Day, "SELECT 'a' AS code, unnest([1, 2]) AS price", default);
        staging.AppendQuery(
            session,
            "u/3",
            LakeFixture.Day.AddDays(1),
            "SELECT NULL::VARCHAR AS code, 1 AS price",
            default
        );

        staging
            .FindKeyViolations(default)
            .ShouldBe([
                new KeyViolation("u/2", LakeFixture.Day, "code = a", 2, 1),
                new KeyViolation("u/3", LakeFixture.Day.AddDays(1), "code = null", 1, 1),
            ]);
    }

    [Fact]
    public async Task KeyViolations_NullInAColumnThatMayBeNull_IsAKeyLikeAnyOther()
    {
        var table = LakeFixture.Prices() with { Key = ["code", "price"] };
        using var session = await _lake.Lake.OpenSessionAtAsync([], default);
        using var staging = _lake.Lake.Stage(table, "run");
        staging.AppendQuery(session, "u/1", LakeFixture.Day, "SELECT 'a' AS code, unnest([1, NULL]) AS price", default);
        staging.FindKeyViolations(default).ShouldBeEmpty();

        staging.AppendQuery(
            session,
            "u/2",
            LakeFixture.Day,
            "SELECT 'a' AS code, unnest([NULL, NULL]) AS price",
            default
        );
        staging.FindKeyViolations(default).Single().Example.ShouldBe("code = a, price = null");
    }

    [Fact]
    public async Task Days_OfATableWithoutAKey_TakeEqualRowsAndNameTheDayOfOneThatIsNoneOfThem()
    {
        var table = LakeFixture.Prices() with { Key = [] };
        DayUnit[] units = [new("u/1", LakeFixture.Day, new Dictionary<string, string>())];
        using var session = await _lake.Lake.OpenSessionAtAsync([], default);
        using var staging = _lake.Lake.Stage(table, "run");
        var rows = $"SELECT 'a' AS code, unnest([1, 1]) AS price, DATE '{LakeFixture.Day.ToIso()}' AS dt";

        staging.AppendDays(session, units, rows, default);
        var error = Should.Throw<DuckDbException>(() =>
            staging.AppendDays(session, units, rows.Replace(" AS dt", " + 1 AS dt", StringComparison.Ordinal), default)
        );

        staging.FindKeyViolations(default).ShouldBeEmpty();
        error.EngineMessage.ShouldContain($"a row has dt {LakeFixture.Day.AddDays(1).ToIso()}");
    }

    [Fact]
    public async Task Session_TableWithoutCommit_IsSeenEmpty()
    {
        using var session = await _lake.Lake.OpenSessionAsync([], default);
        session.DefineEmpty(LakeFixture.Prices());

        session.Connection.Scalar("SELECT count(price) FROM ods.ods_prices_dt('2022-06-01')").ShouldBe(0L);
        session
            .Connection.Scalar("SELECT typeof(dt) FROM ods.ods_prices RIGHT JOIN (SELECT 1) ON true")
            .ShouldBe("DATE");
    }

    [Fact]
    public async Task Session_NarrowedMacro_ReadsThoseFilesAndTheViewAll()
    {
        await _lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1));
        await _lake.CommitAsync("p/2", LakeFixture.Day.AddDays(1), ("b", 2));
        var snapshot = await SnapshotAsync();
        using var session = await _lake.Lake.OpenSessionAtAsync([snapshot], default);

        session.NarrowMacro(snapshot, snapshot.FilesIn(LakeFixture.Day));

        session.Connection.Scalar("SELECT string_agg(code) FROM ods.ods_prices_dt('2022-06-01')").ShouldBe("a");
        session.Connection.Scalar("SELECT count(*) FROM ods.ods_prices").ShouldBe(2L);
    }

    public void Dispose() => _lake.Dispose();

    private Task<TableSnapshot> SnapshotAsync() => _lake.Lake.Table(LakeFixture.Prices().Id).SnapshotAsync(default);

    private async Task<CommitResult> CommitAsync(string select, string inputs)
    {
        using var session = await _lake.Lake.OpenSessionAtAsync([], default);
        using var staging = _lake.Lake.Stage(LakeFixture.Prices(), "run");
        var tags = new Dictionary<string, string> { ["inputs"] = inputs };
        staging.AppendQuery(session, $"p/{LakeFixture.Day.ToIso()}", LakeFixture.Day, select, tags, default);
        return await _lake
            .Lake.Table(LakeFixture.Prices().Id)
            .CommitAsync(await staging.StageAsync(await SnapshotAsync(), default), new CommitRequest("TEST"), default);
    }
}
