using System.Text;
using System.Text.Json;
using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>
/// Tables by <c>dt/underlying/exchange</c>: the columns after the day are folders, too, and nobody who reads rows sees
/// a difference.
/// </summary>
public sealed class DividedTableTests : IDisposable
{
    private static readonly ColumnDefinition[] s_columns =
    [
        new("underlying", ColumnKind.Text, Nullable: false),
        new("code", ColumnKind.Text, Nullable: false),
        new("exchange", ColumnKind.Text, Nullable: false),
        new("price", ColumnKind.Double, "CNY"),
    ];

    private static readonly TableDefinition s_table = new(
        new TableId("ods", "ods_quotes"),
        [
            new LakeColumn("underlying", LakeType.Text, Nullable: false),
            new LakeColumn("code", LakeType.Text, Nullable: false),
            new LakeColumn("exchange", LakeType.Text, Nullable: false),
            new LakeColumn("price", LakeType.Double, Unit: "CNY"),
        ],
        ["code"],
        TablePartitioning.By("dt", "underlying", "exchange")
    );

    private readonly LakeFixture _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Commit_RowsOfSeveralUnderlyings_LieInFoldersAndAreReadAsColumns()
    {
        var result = await CommitAsync(
            "q/1",
            ("SPY", "c1", "SMART", 1),
            ("QQQ", "c1", "SMART", 2),
            ("SPY", "c2", "CBOE", 3)
        );

        result.Counts["q/1"].ShouldCount(3, 0, 0, 0);
        var snapshot = await SnapshotAsync();
        snapshot.PartitionColumns.ShouldBe(["dt", "underlying", "exchange"]);
        snapshot.Partitioning.ShouldBe(s_table.Partitioning);
        snapshot
            .Files.Keys.Select(f => f[..(f.LastIndexOf('/') + 1)])
            .Order(StringComparer.Ordinal)
            .ShouldBe([
                "dt=2022-06-01/underlying=QQQ/exchange=SMART/",
                "dt=2022-06-01/underlying=SPY/exchange=CBOE/",
                "dt=2022-06-01/underlying=SPY/exchange=SMART/",
            ]);
        (await RowsAsync("FROM ods.ods_quotes ORDER BY ALL")).ShouldBe([
            "QQQ|c1|SMART|2|2022-06-01",
            "SPY|c1|SMART|1|2022-06-01",
            "SPY|c2|CBOE|3|2022-06-01",
        ]);
        (
            await RowsAsync("SELECT code FROM ods.ods_quotes_dt('2022-06-01') WHERE underlying = 'SPY' ORDER BY ALL")
        ).ShouldBe(["c1", "c2"]);
        (await RowsAsync("SELECT count(*) FROM ods.ods_quotes_dt('2022-06-02')")).ShouldBe(["0"]);
        (await FaultsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Manifest_IsOneADay()
    {
        await CommitAsync("q/1", ("SPY", "c1", "SMART", 1), ("QQQ", "c1", "SMART", 2));

        var folder = Path.Combine(_lake.Folder, "ods/ods_quotes/dt=2022-06-01");
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "manifest.json")));
        manifest.RootElement.GetProperty("dt").GetString().ShouldBe("2022-06-01");
        manifest.RootElement.GetProperty("row_count").GetInt64().ShouldBe(2);
        Directory
            .GetFiles(folder, "*", SearchOption.AllDirectories)
            .Count(f => f.EndsWith("_SUCCESS", StringComparison.Ordinal))
            .ShouldBe(1);
    }

    /// <summary>One key of two underlyings is two rows.</summary>
    [Fact]
    public async Task Commit_Again_ComparesWithinTheUnderlying()
    {
        await CommitAsync("q/1", ("SPY", "c1", "SMART", 1), ("QQQ", "c1", "SMART", 2));

        (await CommitAsync("q/1", ("QQQ", "c1", "SMART", 2), ("SPY", "c1", "SMART", 1))).IsNewVersion.ShouldBeFalse();
        var changed = await CommitAsync(
            "q/1",
            ("SPY", "c1", "SMART", 1),
            ("QQQ", "c1", "SMART", 5),
            ("QQQ", "c2", "X", 1)
        );

        changed.Counts["q/1"].ShouldCount(1, 1, 1, 0);
        (await RowsAsync("SELECT underlying, code, price FROM ods.ods_quotes ORDER BY ALL")).ShouldBe([
            "QQQ|c1|5",
            "QQQ|c2|1",
            "SPY|c1|1",
        ]);
    }

    /// <summary>
    /// Whatever a symbol has in it: the folder is escaped as Hive does it, the log once more, and the value comes from
    /// the log.
    /// </summary>
    [Theory]
    [InlineData("BRK/B", "underlying=BRK%2FB", "underlying=BRK%252FB")]
    [InlineData("a b", "underlying=a b", "underlying=a%20b")]
    [InlineData("50%=x", "underlying=50%25%3Dx", "underlying=50%2525%253Dx")]
    [InlineData("沪深300", "underlying=沪深300", "underlying=%E6%B2%AA%E6%B7%B1300")]
    [InlineData("^VIX[1]*?", "underlying=%5EVIX%5B1%5D%2A%3F", "underlying=%255EVIX%255B1%255D%252A%253F")]
    [InlineData("__HIVE", "underlying=__HIVE", "underlying=__HIVE")]
    public async Task Commit_AnySymbol_IsReadBack(string symbol, string folder, string logged)
    {
        await CommitAsync("q/1", (symbol, "c1", "SMART", 1), ("SPY", "c1", "SMART", 2));

        Directory.Exists(Path.Combine(_lake.Folder, "ods/ods_quotes/dt=2022-06-01", folder)).ShouldBeTrue();
        var file = (await SnapshotAsync()).Files.Values.Single(f => f.PartitionValues["underlying"] == symbol);
        file.Path.ShouldStartWith($"dt=2022-06-01/{logged}/exchange=SMART/");
        (await RowsAsync("SELECT underlying FROM ods.ods_quotes WHERE price = 1")).ShouldBe([symbol]);
        (await RowsAsync("SELECT underlying FROM ods.ods_quotes_dt('2022-06-01') WHERE price = 1")).ShouldBe([symbol]);
        (await CommitAsync("q/1", (symbol, "c1", "SMART", 1), ("SPY", "c1", "SMART", 2))).IsNewVersion.ShouldBeFalse();
        (await FaultsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Commit_UnitWithoutRows_IsAFactThatNobodyReads()
    {
        await CommitAsync("q/0");
        (await CommitAsync("q/0")).IsNewVersion.ShouldBeFalse();
        await CommitAsync("q/1", ("SPY", "c1", "SMART", 1));

        (await SnapshotAsync()).HasUnit("q/0").ShouldBeTrue();
        (await RowsAsync("SELECT underlying, code FROM ods.ods_quotes_dt('2022-06-01')")).ShouldBe(["SPY|c1"]);
        (await FaultsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Commit_RowWithoutAValueForItsFolder_IsRefused()
    {
        var refused = await Should.ThrowAsync<TidemarkException>(() => CommitAsync("q/1", ("", "c1", "SMART", 1)));

        refused.Code.ShouldBe("VALUE_MISSING");
        (await SnapshotAsync()).Exists.ShouldBeFalse();
    }

    [Fact]
    public async Task Commit_DeclaredOtherwise_IsRefused()
    {
        await CommitAsync("q/1", ("SPY", "c1", "SMART", 1));
        using var staging = _lake.Lake.Stage(
            s_table with
            {
                Partitioning = TablePartitioning.By("dt", "underlying"),
            },
            "run"
        );
        staging.Append("q/1", LakeFixture.Day, Batch([("SPY", "c1", "SMART", 1)]));

        (
            await Should.ThrowAsync<TidemarkException>(() =>
                _lake.Lake.CommitAsync(staging, new CommitRequest("TEST"), default)
            )
        ).Code.ShouldBe("SCHEMA_MISMATCH");
    }

    [Theory]
    [InlineData("code")]
    [InlineData("month/code")]
    [InlineData("dt/month")]
    [InlineData("dt/code/code")]
    public void Partitioning_OtherThanByDayFirst_IsNone(string columns) =>
        Should.Throw<ArgumentException>(() => TablePartitioning.By(columns.Split('/')));

    [Fact]
    public async Task Query_RowsOfSeveralUnderlyings_LieInFolders()
    {
        using var session = await _lake.Lake.OpenSessionAsync([], default);
        using var staging = _lake.Lake.Stage(s_table, "run");
        const string Rows =
            "SELECT 'c' || i AS code, 'BRK/' || (i % 2) AS underlying, 'X' AS exchange, i::DOUBLE AS price FROM range(4) t(i)";
        staging.AppendQuery(session, "q/1", LakeFixture.Day, Rows, default);
        await _lake.Lake.CommitAsync(staging, new CommitRequest("TEST"), default);

        (await SnapshotAsync()).Files.Count.ShouldBe(2);
        (await RowsAsync("SELECT code, underlying, exchange, price FROM ods.ods_quotes ORDER BY ALL")).ShouldBe([
            "c0|BRK/0|X|0",
            "c1|BRK/1|X|1",
            "c2|BRK/0|X|2",
            "c3|BRK/1|X|3",
        ]);
        (await FaultsAsync()).ShouldBeEmpty();
    }

    /// <summary>Compaction, diff, restore and retention know the day alone.</summary>
    [Fact]
    public async Task Maintenance_GoesByTheDayAndKeepsTheFolders()
    {
        await CommitAsync("q/1", ("SPY", "c1", "SMART", 1), ("QQQ", "c1", "SMART", 2));
        await CommitAsync("q/2", ("SPY", "c2", "SMART", 3), ("QQQ", "c2", "SMART", 4));
        var table = _lake.NewLake().Table(s_table.Id);

        var compacted = await new TableCompactor(
            _lake.NewLake(),
            _lake.Engine,
            TimeProvider.System,
            new SystemIdSource()
        ).CompactAsync(s_table.Id, new CompactOptions(), null, default);

        (compacted.FilesBefore, compacted.FilesAfter).ShouldBe((4, 2));
        (await CommitAsync("q/1", ("SPY", "c1", "SMART", 9), ("QQQ", "c1", "SMART", 2)))
            .Counts["q/1"]
            .ShouldCount(0, 1, 1, 0);
        (await RowsAsync("SELECT underlying, code, price FROM ods.ods_quotes ORDER BY ALL")).ShouldBe([
            "QQQ|c1|2",
            "QQQ|c2|4",
            "SPY|c1|9",
            "SPY|c2|3",
        ]);
        await new TableRestore(table).RestoreAsync(0, default);
        (await RowsAsync("SELECT underlying, price FROM ods.ods_quotes ORDER BY ALL")).ShouldBe(["QQQ|2", "SPY|1"]);
        (await FaultsAsync()).ShouldBeEmpty();
    }

    /// <summary>ClickHouse's own reader of Delta tables finds the columns that are in no file.</summary>
    [Fact]
    [Trait("Speed", "Slow")]
    public async Task OtherEngine_ReadsFoldersAsColumns()
    {
        Assert.SkipUnless(ClickHouse.IsInstalled, ClickHouse.HowToInstall);
        await CommitAsync("q/1", ("BRK/B", "c1", "SMART", 1), ("沪深 300", "c2", "SMART", 2));

        var texts = await ClickHouse.TextsAsync(_lake.Folder, "ods/ods_quotes", "code", "underlying", "exchange", "dt");

        texts.ShouldBe(["c1,c2", "BRK/B,沪深 300", "SMART", "2022-06-01"]);
    }

    private static ColumnBatch Batch((string Underlying, string Code, string Exchange, double Price)[] rows)
    {
        var batch = new ColumnBatch(s_columns);
        foreach (var (underlying, code, exchange, price) in rows)
        {
            ((TextColumn)batch.Columns[0]).Append(Encoding.UTF8.GetBytes(underlying));
            ((TextColumn)batch.Columns[1]).Append(Encoding.UTF8.GetBytes(code));
            ((TextColumn)batch.Columns[2]).Append(Encoding.UTF8.GetBytes(exchange));
            ((ValueColumn<double>)batch.Columns[3]).Append(price);
        }

        return batch;
    }

    private async Task<CommitResult> CommitAsync(
        string unit,
        params (string Underlying, string Code, string Exchange, double Price)[] rows
    )
    {
        var lake = _lake.NewLake();
        using var staging = lake.Stage(s_table, "run");
        staging.Append(unit, LakeFixture.Day, Batch(rows));
        return await lake.CommitAsync(staging, new CommitRequest("TEST"), default);
    }

    private Task<TableSnapshot> SnapshotAsync() => _lake.NewLake().Table(s_table.Id).SnapshotAsync(default);

    private Task<List<string>> RowsAsync(string sql) => _lake.RowsAsync(sql);

    private async Task<IReadOnlyList<VerifyFinding>> FaultsAsync()
    {
        var lake = _lake.NewLake();
        return (await new LakeVerifier(lake).VerifyAsync(lake.Table(s_table.Id), false, null, default)).Faults;
    }
}
