using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Storage;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Storage;

/// <summary>A lake on S3 as its users meet it: through sessions and the catalog.</summary>
public sealed class RemoteLakeTests : S3Fixture
{
    private static readonly DateOnly s_day = LakeFixture.Day;

    [Fact]
    public async Task Session_AnotherMachine_FetchesTheFilesAndHoldsThem()
    {
        await FillAsync();
        EmptyCache();
        (await ScalarAsync(NewLake(NewStore()), "SELECT sum(price) FROM ods.ods_prices")).ShouldBe(6.0);
        Cached().Length.ShouldBe(3);
    }

    [Fact]
    public async Task Session_ReplacedUnit_IsComparedWithWhatStands()
    {
        await FillAsync();
        EmptyCache();
        var result = await CommitAsync(NewLake(NewStore()), "u/1", s_day, ("a", 20), ("c", 3));
        result.Counts["u/1"].Updated.ShouldBe(1);
        result.Counts["u/1"].Inserted.ShouldBe(1);
        (await CommitAsync(NewLake(NewStore()), "u/1", s_day, ("a", 20), ("c", 3))).IsNewVersion.ShouldBeFalse();
    }

    [Fact]
    public async Task Session_SomeFilesOnly_FetchesNoOthers()
    {
        await FillAsync();
        EmptyCache();
        var lake = NewLake(NewStore());
        var snapshot = await lake.Table(LakeFixture.Prices().Id).SnapshotAsync(default);
        using (var session = await lake.OpenSessionAtAsync([snapshot], s => s.FilesIn(s_day.AddDays(1)), default))
        {
            session.Connection.Scalar("SELECT sum(price) FROM ods.ods_prices").ShouldBe(2.0);
        }

        Cached().Length.ShouldBe(1);
    }

    [Fact]
    public async Task Session_CacheThatIsTooSmall_SaysWhatIsNeeded()
    {
        await FillAsync();
        EmptyCache();
        var error = await Should.ThrowAsync<TidemarkException>(() =>
            ScalarAsync(NewLake(NewStore(cacheBytes: 100)), "SELECT 1")
        );
        error.Code.ShouldBe("CACHE_TOO_SMALL");
    }

    [Fact]
    public async Task Session_ObjectSpoiledInTheBucket_NamesIt()
    {
        await FillAsync();
        EmptyCache();
        var name = (await Bucket.NamesAsync()).First(n => n.EndsWith(".parquet"));
        await Bucket.Client.PutObjectAsync(
            new Amazon.S3.Model.PutObjectRequest
            {
                BucketName = Bucket.Name,
                Key = name,
                ContentBody = "no Parquet",
            }
        );
        var error = await Should.ThrowAsync<TidemarkException>(() => ScalarAsync(NewLake(NewStore()), "SELECT 1"));
        error.Code.ShouldBe("OBJECT_DAMAGED");
        error.Message.ShouldContain(Path.GetFileName(name));
    }

    [Fact]
    public async Task Verify_ObjectSpoiledInTheBucket_IsAFaultWhateverTheCacheHas()
    {
        var lake = await FillAsync();
        var file = (await lake.Table(LakeFixture.Prices().Id).SnapshotAsync(default)).FilesOf("u/2").Single();
        await Bucket.Client.PutObjectAsync(
            new Amazon.S3.Model.PutObjectRequest
            {
                BucketName = Bucket.Name,
                Key = $"lake/ods/ods_prices/{file.Path}",
                ContentBody = new string('x', (int)file.Size), // as long as it was
            }
        );
        var staging = Path.Combine(Bucket.CacheFolder, "_staging");
        var before = Directory.GetDirectories(staging);

        var verified = await VerifyAsync();

        verified.Faults.Select(f => f.Path).Distinct().ShouldBe([$"ods/ods_prices/{file.Path}"]);
        verified.Faults.ShouldContain(f => f.What.Contains("SHA-256"));
        Cached().Length.ShouldBe(3);
        Directory.GetDirectories(staging).ShouldBe(before, "what was fetched is gone");
    }

    [Fact]
    public async Task Verify_WholeLake_FetchesNothingIntoTheCache()
    {
        await FillAsync();
        EmptyCache();

        (await VerifyAsync()).Faults.ShouldBeEmpty();

        Cached().ShouldBeEmpty();
    }

    [Fact]
    public async Task Verify_AKeyInTwoUnitsOfADay_IsAFaultAndFetchesThatDayAlone()
    {
        await CommitAsync(await FillAsync(), "u/9", s_day, ("a", 1));
        EmptyCache();

        var doubled = (await VerifyAsync()).Faults.ShouldHaveSingleItem();

        doubled.What.ShouldContain("1 key more than once: code = a");
        Cached().Length.ShouldBe(2);
    }

    [Fact]
    public async Task Verify_KeysThatDoNotFitIntoTheCache_SaysWhatIsNeeded()
    {
        await CommitAsync(await FillAsync(), "u/9", s_day, ("a", 1));
        EmptyCache();
        var lake = NewLake(NewStore(cacheBytes: 100));

        var found = await new LakeVerifier(lake).VerifyAsync(
            lake.Table(LakeFixture.Prices().Id),
            quick: false,
            progress: null,
            default
        );

        found.Faults.ShouldHaveSingleItem().What.ShouldStartWith("its keys cannot be read: ");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upload_KilledLongAgo_IsAbortedByVacuumAndByRepairAndOthersAreLeft(bool byVacuum)
    {
        await FillAsync();
        var ours = $"lake/ods/ods_prices/dt=2022-06-01/{Lake.Storage.DataFileName.Of(Guid.Empty.ToString(), 0)}";
        string[] others = ["lake/ods/ods_prices/another-program.parquet", "elsewhere/" + ours[5..]];
        foreach (var name in others.Append(ours))
        {
            await Bucket.Client.InitiateMultipartUploadAsync(Bucket.Name, name);
        }

        await CleanAsync(byVacuum, later: TimeSpan.Zero);
        (await UploadsAsync()).Count.ShouldBe(3, "they are young");
        (await VerifyAsync()).Notes.ShouldHaveSingleItem().Path.ShouldBe(ours[5..]);

        await CleanAsync(byVacuum, later: TimeSpan.FromHours(25));

        (await UploadsAsync()).ShouldBe(others, ignoreOrder: true);
        (await VerifyAsync()).Notes.ShouldBeEmpty();
        foreach (var upload in (await Bucket.Client.ListMultipartUploadsAsync(Bucket.Name)).MultipartUploads)
        {
            await Bucket.Client.AbortMultipartUploadAsync(Bucket.Name, upload.Key, upload.UploadId);
        }
    }

    [Fact]
    public async Task Catalog_TablesThatAreInTheCache_CanBeReadByAnyDuckDb()
    {
        var lake = await FillAsync();
        var catalog = NewCatalog(lake);
        await catalog.RefreshAsync(default);
        using var database = DuckDbDatabase.Open(catalog.Path, new DuckDbSettings(ReadOnly: true));
        using var connection = database.Connect();
        connection.Scalar("SELECT sum(price) FROM ods.ods_prices").ShouldBe(6.0);
        connection.Scalar("SELECT code FROM ods.ods_prices_dt('2022-06-02')").ShouldBe("b");
    }

    [Fact]
    public async Task Catalog_RefreshOnAnotherMachine_FetchesNothingAndSaysSoWhenRead()
    {
        await FillAsync();
        EmptyCache();
        var catalog = NewCatalog(NewLake(NewStore()));
        await catalog.RefreshAsync(default);
        Cached().ShouldBeEmpty();
        using var database = DuckDbDatabase.Open(catalog.Path, new DuckDbSettings(ReadOnly: true));
        using var connection = database.Connect();
        connection.Scalar("SELECT count(*) FROM (DESCRIBE ods.ods_prices)").ShouldBe(3L);
        Should
            .Throw<DuckDbException>(() => connection.Scalar("SELECT sum(price) FROM ods.ods_prices"))
            .Message.ShouldContain("tidemark sql");
        Should.Throw<DuckDbException>(() => connection.Scalar("SELECT count(*) FROM ods.ods_prices_dt('2022-06-02')"));
    }

    [Theory]
    [InlineData("SELECT sum(price) FROM ods.ods_prices", 3)]
    [InlineData("SELECT sum(price) FROM \"ods\".\"ODS_PRICES\"", 3)]
    [InlineData("SELECT sum(price) + 4 FROM ods.ods_prices_dt('2022-06-02')", 3)]
    [InlineData("SELECT 6.0::DOUBLE", 0)]
    public async Task Catalog_Query_FetchesTheTablesThatItNames(string sql, int fetched)
    {
        await FillAsync();
        EmptyCache();
        using (var reader = await NewCatalog(NewLake(NewStore())).OpenAsync(new DuckDbSettings(), sql, default))
        {
            reader.Connection.Scalar(sql).ShouldBe(6.0);
            Should.Throw<DuckDbException>(() => reader.Connection.Scalar("SELECT * FROM read_text('/etc/hostname')"));
        }

        Cached().Length.ShouldBe(fetched);
    }

    [Theory]
    [InlineData("SELECT total FROM totals", 6.0, 3)]
    [InlineData("SELECT total FROM my.\"Twice\"()", 12.0, 3)]
    [InlineData("SELECT sum(row_count)::DOUBLE FROM catalog_meta.table_versions", 3.0, 0)]
    public async Task Catalog_QueryOfAViewOfTheUsersOwn_FetchesWhatThatReads(string sql, double sum, int fetched)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Bucket.CacheFolder, "_migrations")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "010_totals.sql"),
            "CREATE OR REPLACE VIEW totals AS SELECT sum(price) AS total FROM ods.ods_prices;"
        );
        await File.WriteAllTextAsync(
            Path.Combine(folder, "020_twice.sql"),
            "CREATE SCHEMA my; CREATE MACRO my.\"Twice\"() AS TABLE SELECT 2 * total AS total FROM totals;"
        );
        await FillAsync();
        EmptyCache();
        var catalog = new CatalogFile(
            Path.Combine(Bucket.CacheFolder, "_catalog", "catalog.duckdb"),
            NewLake(NewStore()),
            folder
        );

        using (var reader = await catalog.OpenAsync(new DuckDbSettings(), sql, default))
        {
            reader.Connection.Scalar(sql).ShouldBe(sum);
        }

        Cached().Length.ShouldBe(fetched);
    }

    private async Task<DataLake> FillAsync()
    {
        var lake = NewLake(NewStore());
        await CommitAsync(lake, "u/1", s_day, ("a", 1));
        await CommitAsync(lake, "u/2", s_day.AddDays(1), ("b", 2));
        await CommitAsync(lake, "u/3", s_day.AddDays(2), ("c", 3));
        return lake;
    }

    private async Task<TableVerification> VerifyAsync()
    {
        var lake = NewLake(NewStore());
        return await new LakeVerifier(lake).VerifyAsync(lake.Table(LakeFixture.Prices().Id), false, null, default);
    }

    private async Task CleanAsync(bool byVacuum, TimeSpan later)
    {
        var clock = new ManualClock(TimeProvider.System.GetUtcNow() + later);
        var staging = new StagingArea(Path.Combine(Bucket.CacheFolder, "_staging"));
        var lake = new DataLake(NewStore(), staging, Engine, clock, new SystemIdSource());
        if (!byVacuum)
        {
            await new LakeRepair(lake, NewCatalog(lake)).RepairAsync(default);
            return;
        }

        var vacuum = new Vacuum(lake);
        var plan = await vacuum.PlanAsync(
            lake.Table(LakeFixture.Prices().Id),
            vacuum.Cutoff(TimeSpan.FromDays(7)),
            default
        );
        plan.Objects.ShouldAllBe(o => o.Reason == VacuumReason.Interrupted);
        await vacuum.ApplyAsync(plan, default);
    }

    private async Task<IReadOnlyList<string>> UploadsAsync() =>
        [.. ((await Bucket.Client.ListMultipartUploadsAsync(Bucket.Name)).MultipartUploads ?? []).Select(u => u.Key)];

    private CatalogFile NewCatalog(DataLake lake) =>
        new(Path.Combine(Bucket.CacheFolder, "_catalog", "catalog.duckdb"), lake);

    private string[] Cached() =>
        Directory.Exists(Path.Combine(Bucket.CacheFolder, "ods"))
            ? Directory.GetFiles(Path.Combine(Bucket.CacheFolder, "ods"), "*.parquet", SearchOption.AllDirectories)
            : [];

    private void EmptyCache() => Directory.Delete(Path.Combine(Bucket.CacheFolder, "ods"), recursive: true);
}
