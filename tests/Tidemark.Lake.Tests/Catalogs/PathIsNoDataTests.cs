using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Catalogs;

/// <summary>
/// Columns come from files and log alone: what the folders above a table are called is never read as a value, and hides
/// nothing.
/// </summary>
public sealed class PathIsNoDataTests : IDisposable
{
    private static readonly TableId s_divided = new("ods", "ods_divided");
    private readonly string _above = Directory.CreateTempSubdirectory("tidemark-above-").FullName;

    public void Dispose() => Directory.Delete(_above, recursive: true);

    [Theory]
    [InlineData("price=5")]
    [InlineData("code=cn")]
    [InlineData("dt=2026-11-09")]
    [InlineData("month=2026-11/dt=x/price=high")]
    [InlineData("[a]*?'\"{b}")]
    [InlineData("100% # & = | ; $HOME \\ ~")]
    [InlineData("价格=五/𠮷野 e\u0301")]
    [InlineData("back\\slash")]
    [InlineData("line\nbreak\tand tab")]
    public async Task Read_LakeBelowAFolderOfAnyName_HasTheSameRows(string folder)
    {
        foreach (var partitioning in (TablePartitioning[])[TablePartitioning.Day, TablePartitioning.Month])
        {
            using var lake = new LakeFixture(Path.Combine(_above, folder, $"{partitioning}"), partitioning);
            await lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1.5), ("b", 2));
            await lake.CommitAsync("p/2", LakeFixture.Day.AddDays(1), ("c", 4));

            var month = partitioning == TablePartitioning.Month ? "|2022-06" : "";
            (await lake.RowsAsync("SELECT * FROM ods.ods_prices ORDER BY ALL")).ShouldBe([
                $"a|1.5|2022-06-01{month}",
                $"b|2|2022-06-01{month}",
                $"c|4|2022-06-02{month}",
            ]);
            (await lake.RowsAsync("SELECT sum(price) FROM ods.ods_prices_dt('2022-06-02')")).ShouldBe(["4"]);
            (await lake.RowsAsync("SELECT count(*) FROM ods.ods_prices_dt('2022-06-03')")).ShouldBe(["0"]);
        }
    }

    [Theory]
    [InlineData("what? #x%41;", "catalog.duckdb")]
    [InlineData("[a]*", "cat?alog=5.duckdb")]
    public async Task Refresh_CatalogBelowAFolderOfAnyName_IsThereAndNothingElseIs(string folder, string name)
    {
        using var lake = new LakeFixture(Path.Combine(_above, folder, "lake"));
        await lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1.5));
        var path = Path.Combine(_above, folder, "catalog", name);
        var catalog = new CatalogFile(path, lake.Lake);

        await catalog.RefreshAsync(default);
        await catalog.RefreshAsync(default);

        Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!).ShouldBe([path]);
        using var reader = await catalog.OpenAsync(new DuckDbSettings(), "", default);
        reader.Connection.Scalar("SELECT price FROM ods.ods_prices").ShouldBe(1.5);
        (await catalog.IsBehindAsync(default)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("a\\b*")]
    [InlineData("a[b/c\\d")]
    public void Open_PathThatTheEngineCannotName_IsRefused(string folder)
    {
        var error = Should.Throw<TidemarkException>(() => new LakeFixture(Path.Combine(_above, folder)));

        error.Code.ShouldBe("PATH_UNSUPPORTED");
        Directory.GetFileSystemEntries(_above).ShouldBeEmpty();
    }

    [Fact]
    public async Task Read_TableDividedByDayAndOtherColumns_HasTheValuesOfTheLog()
    {
        using var lake = new LakeFixture(Path.Combine(_above, "underlying=QQQ"));
        await DividedAsync(
            lake,
            ("2022-06-01", "SPY", "CBOE"),
            ("2022-06-01", "A", "PHLX"),
            ("2022-06-02", "BRK.B", "CBOE")
        );

        (await lake.RowsAsync("SELECT * FROM ods.ods_divided ORDER BY id")).ShouldBe([
            "1|2022-06-01|SPY|CBOE",
            "2|2022-06-01|A|PHLX",
            "3|2022-06-02|BRK.B|CBOE",
        ]);
        (await lake.RowsAsync("SELECT id FROM ods.ods_divided_dt('2022-06-01') ORDER BY id")).ShouldBe(["1", "2"]);
        (await lake.RowsAsync("SELECT id FROM ods.ods_divided WHERE underlying = 'A'")).ShouldBe(["2"]);
    }

    [Fact]
    public async Task Read_FilterOnAPartitionColumn_OpensNoOtherFile()
    {
        using var lake = new LakeFixture(Path.Combine(_above, "dt=2022-06-03"));
        await DividedAsync(
            lake,
            ("2022-06-01", "SPY", "CBOE"),
            ("2022-06-02", "QQQQ", "CBOE"),
            ("2022-06-03", "SPY", "CBOE")
        );
        var live = (await lake.Lake.Table(s_divided).SnapshotAsync(default))
            .Files.Keys.Order(StringComparer.Ordinal)
            .ToArray();
        foreach (var other in live.Skip(1))
        {
            // The first file is looked into for its columns, as in any glob; whoever opens another finds no Parquet
            // file.
            File.WriteAllText(Path.Combine(lake.Folder, s_divided.Prefix, other), "no Parquet");
        }

        (await lake.RowsAsync("SELECT id FROM ods.ods_divided WHERE dt = '2022-06-01'")).ShouldBe(["1"]);
        (await lake.RowsAsync("SELECT id FROM ods.ods_divided WHERE dt < '2022-06-02'")).ShouldBe(["1"]);
        (await lake.RowsAsync("SELECT id FROM ods.ods_divided WHERE dt IN ('2022-06-01', '2021-01-01')")).ShouldBe([
            "1",
        ]);
        (
            await lake.RowsAsync("SELECT id FROM ods.ods_divided WHERE underlying = 'SPY' AND dt <> '2022-06-03'")
        ).ShouldBe(["1"]);
        (await lake.RowsAsync("SELECT id FROM ods.ods_divided_dt('2022-06-01')")).ShouldBe(["1"]);
        await Should.ThrowAsync<DuckDbException>(() => lake.RowsAsync("SELECT sum(id) FROM ods.ods_divided"));
    }

    [Fact]
    public async Task Read_TableWithAColumnCalledFilename_HasItsValues()
    {
        using var lake = new LakeFixture(Path.Combine(_above, "filename=x"));
        await DividedAsync(lake, "FileName", ("2022-06-01", "SPY", "CBOE"));

        (await lake.RowsAsync("SELECT * FROM ods.ods_divided")).ShouldBe(["1|2022-06-01|SPY|CBOE"]);
    }

    private static Task DividedAsync(
        LakeFixture lake,
        params (string Dt, string Underlying, string Exchange)[] files
    ) => DividedAsync(lake, "id", files);

    /// <summary>A table with a file of one row for each partition; the rows are numbered from 1.</summary>
    private static async Task DividedAsync(
        LakeFixture lake,
        string column,
        params (string Dt, string Underlying, string Exchange)[] files
    )
    {
        string[] partition = ["dt", "underlying", "exchange"];
        var fields = partition.Select(p => Field(p, p == "dt" ? "date" : "string")).Prepend(Field(column, "long"));
        var lines = new List<DeltaLine>
        {
            new() { Protocol = new ProtocolAction(1, 2) },
            new()
            {
                MetaData = new MetadataAction(
                    "id",
                    null,
                    null,
                    new FormatSpec("parquet", new Dictionary<string, string>()),
                    """{"type":"struct","fields":[""" + string.Join(',', fields) + "]}",
                    partition,
                    0,
                    new Dictionary<string, string>()
                ),
            },
        };
        using var connection = lake.Engine.Connect();
        foreach (var (file, i) in files.Select((f, i) => (f, i)))
        {
            var name = $"dt={file.Dt}/underlying={file.Underlying}/exchange={file.Exchange}/part-{i}.parquet";
            var path = Path.Combine(lake.Folder, s_divided.Prefix, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            connection.Execute(
                $"COPY (SELECT {i + 1}::BIGINT AS \"{column}\") TO {DuckDbSql.Literal(path)} (FORMAT parquet)"
            );
            lines.Add(
                new DeltaLine
                {
                    Add = new AddAction(
                        name,
                        new Dictionary<string, string?>
                        {
                            ["dt"] = file.Dt,
                            ["underlying"] = file.Underlying,
                            ["exchange"] = file.Exchange,
                        },
                        new FileInfo(path).Length,
                        0,
                        true,
                        """{"numRecords":1}""",
                        new Dictionary<string, string> { [DeltaTags.Unit] = $"u/{i}" }
                    ),
                }
            );
        }

        await lake.Lake.Table(s_divided).Log.AppendAsync(_ => lines, "test", default);
    }

    private static string Field(string name, string type) =>
        $$$"""{"name":"{{{name}}}","type":"{{{type}}}","nullable":true,"metadata":{}}""";
}
