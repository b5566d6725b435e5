using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Compaction;

/// <summary>
/// A table of minutes by month whose units are a symbol's months: a compaction leaves files of neighbouring symbols, so
/// that a reader of one symbol needs the log to know which file to open.
/// </summary>
public sealed class SymbolGroupTests : IDisposable
{
    private const string Month = "2022-06";
    private const int MinutesADay = 40;
    private static readonly DateOnly s_first = new(2022, 6, 1);
    private static readonly DateOnly[] s_days = [.. Enumerable.Range(0, 8).Select(s_first.AddDays)];
    private static readonly ManualClock s_afterwards = new(new DateTimeOffset(2022, 7, 5, 0, 0, 0, TimeSpan.Zero));

    private static readonly ColumnDefinition[] s_columns =
    [
        new("code", ColumnKind.Text, Nullable: false),
        new("minute", ColumnKind.Long, Nullable: false),
        new("price", ColumnKind.Double, "CNY"),
        new("day", ColumnKind.Date, Nullable: false),
    ];

    private static readonly TableDefinition s_minutes = new(
        new TableId("ods", "ods_minutes"),
        [
            new LakeColumn("code", LakeType.Text, Nullable: false),
            new LakeColumn("minute", LakeType.Long, Nullable: false),
            new LakeColumn("price", LakeType.Double, Unit: "CNY"),
            new LakeColumn("day", LakeType.Date, Nullable: false),
        ],
        ["code", "minute"],
        TablePartitioning.Month
    );

    private readonly LakeFixture _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Compact_AMonthOfSymbols_GroupsThemSoThatOneIsInOneFile()
    {
        int[] symbols = [7, 2, 11, 0, 5, 9, 1, 10, 3, 8, 4, 6];
        await CommitAsync(_lake, symbols);
        var before = await RowsAsync(
            "SELECT count(*), sum(hash(code, minute, price, dt)), count(DISTINCT code) FROM ods.ods_minutes"
        );
        var one = (await FilesAsync(_lake)).Max(f => f.Size);

        var done = await CompactAsync(_lake, one * 4);

        (done.Partitions, done.FilesBefore).ShouldBe((1, symbols.Length));
        var files = await FilesAsync(_lake);
        files.Count.ShouldBeInRange(3, 6);
        files.ShouldAllBe(f => f.PartitionValues[TablePartition.MonthColumn] == Month);
        foreach (var symbol in symbols)
        {
            var candidates = files.Where(f => MayHave(f, Code(symbol))).ToArray();
            var file = candidates.ShouldHaveSingleItem("the log's statistics tell all other files apart");
            RowsIn(file, Code(symbol)).ShouldBe(s_days.Length * MinutesADay);
        }

        (
            await RowsAsync(
                "SELECT count(*), sum(hash(code, minute, price, dt)), count(DISTINCT code) FROM ods.ods_minutes"
            )
        ).ShouldBe(before);
        (await CompactAsync(_lake, one * 4)).FilesBefore.ShouldBe(0, "it is done");
        await VerifiedAsync(_lake);
    }

    [Fact]
    public async Task Compact_OfAMonthThatGoesOn_LeavesUnitsThatTheNextFetchReplaces()
    {
        await CommitAsync(_lake, [1, 2, 3]);
        var during = new ManualClock(new DateTimeOffset(2022, 6, 29, 12, 0, 0, TimeSpan.Zero));
        var version = (await _lake.NewLake().Table(s_minutes.Id).SnapshotAsync(default)).Version;

        var early = await CompactAsync(_lake, long.MaxValue, during);
        during.Advance(TimeSpan.FromDays(1));
        var over = await CompactAsync(_lake, long.MaxValue, during);

        (early.Version, early.FilesBefore).ShouldBe((version, 0));
        (over.FilesBefore, over.FilesAfter).ShouldBe((3, 1));
    }

    [Fact]
    public async Task Commit_OfOneSymbolAfterACompaction_ReplacesItsRowsAlone()
    {
        await CommitAsync(_lake, [1, 2, 3, 4]);
        await CompactAsync(_lake, long.MaxValue);
        const string Others =
            "SELECT code, sum(price) FROM ods.ods_minutes WHERE code <> '000002.SZ' GROUP BY 1 ORDER BY 1";
        var before = await RowsAsync(Others);

        await CommitAsync(_lake, [2], price: 1000);
        await CommitAsync(_lake, [2], price: 1000);

        (await RowsAsync(Others)).ShouldBe(before);
        (
            await RowsAsync("SELECT count(*), min(price) >= 1000 FROM ods.ods_minutes WHERE code = '000002.SZ'")
        ).ShouldBe([$"{s_days.Length * MinutesADay}|True"]);
        await VerifiedAsync(_lake);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void AnyOrderAndSize_AfterACompaction_FilesHaveRangesThatDoNotMeetAndAllRows()
    {
        var cases =
            from symbols in Gen.Choose(0, 30).NonEmptyListOf().Select(list => list.Distinct().ToArray())
            from share in Gen.Choose(2, 6)
            select (Symbols: symbols, Share: share);
        Prop.ForAll(cases.ToArbitrary(), x => CheckAsync(x.Symbols, x.Share).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Effort.Of(8)).WithEndSize(20));
    }

    private static async Task CheckAsync(int[] symbols, int share)
    {
        using var lake = new LakeFixture();
        await CommitAsync(lake, symbols);
        var one = (await FilesAsync(lake)).Max(f => f.Size);

        await CompactAsync(lake, one * share);

        var ranges = (await FilesAsync(lake)).Select(Range).OrderBy(r => r.Min, StringComparer.Ordinal).ToArray();
        for (var i = 1; i < ranges.Length; i++)
        {
            string.CompareOrdinal(ranges[i - 1].Max, ranges[i].Min).ShouldBeLessThan(0);
        }

        (await lake.RowsAsync("SELECT code, count(*) FROM ods.ods_minutes GROUP BY 1 ORDER BY 1")).ShouldBe(
            symbols.Order().Select(s => $"{Code(s)}|{s_days.Length * MinutesADay}")
        );
    }

    /// <summary>A commit for each two symbols, in their order.</summary>
    private static async Task CommitAsync(LakeFixture fixture, IReadOnlyList<int> symbols, double price = 10)
    {
        var lake = fixture.NewLake();
        foreach (var some in symbols.Chunk(2))
        {
            using var staging = lake.Stage(s_minutes, "run");
            foreach (var symbol in some)
            {
                staging.Append(
                    $"tushare.stk_mins/{Month}/{Code(symbol)}",
                    s_days[^1],
                    Batch(symbol, price),
                    dateColumn: "day"
                );
            }

            await lake.CommitAsync(staging, new CommitRequest("TEST"), default);
        }
    }

    /// <summary>Newest first, as the vendor sends them.</summary>
    private static ColumnBatch Batch(int symbol, double price)
    {
        var batch = new ColumnBatch(s_columns);
        for (var at = (s_days.Length * MinutesADay) - 1; at >= 0; at--)
        {
            ((TextColumn)batch["code"]).Append(Encoding.UTF8.GetBytes(Code(symbol)));
            ((ValueColumn<long>)batch["minute"]).Append(at);
            ((ValueColumn<double>)batch["price"]).Append(price + (at * 37 % 101 / 100.0));
            var day = s_days[at / MinutesADay];
            ((ValueColumn<int>)batch["day"]).Append(day.DayNumber - new DateOnly(1970, 1, 1).DayNumber);
        }

        return batch;
    }

    private static string Code(int symbol) => $"{symbol:D6}.SZ";

    private static Task<CompactedTable> CompactAsync(LakeFixture fixture, long maxBytes, TimeProvider? clock = null) =>
        new TableCompactor(fixture.NewLake(), fixture.Engine, clock ?? s_afterwards, new SystemIdSource()).CompactAsync(
            s_minutes.Id,
            new CompactOptions { EnoughBytes = maxBytes / 2, MaxBytes = maxBytes },
            null,
            default
        );

    private static async Task<IReadOnlyList<AddAction>> FilesAsync(LakeFixture fixture) =>
        [.. (await fixture.NewLake().Table(s_minutes.Id).SnapshotAsync(default)).Files.Values];

    private static (string Min, string Max) Range(AddAction file)
    {
        using var stats = JsonDocument.Parse(file.Stats!);
        string Bound(string which) => stats.RootElement.GetProperty(which).GetProperty("code").GetString()!;
        return (Bound("minValues"), Bound("maxValues"));
    }

    private static bool MayHave(AddAction file, string code) =>
        Range(file) is var (min, max) && string.CompareOrdinal(min, code) <= 0 && string.CompareOrdinal(code, max) <= 0;

    private long RowsIn(AddAction file, string code)
    {
        using var connection = _lake.Engine.Connect();
        var path = Path.Combine(_lake.Folder, s_minutes.Id.Prefix, file.Path);
        return (long)connection.Scalar($"SELECT count(*) FROM read_parquet('{path}') WHERE code = '{code}'")!;
    }

    private Task<List<string>> RowsAsync(string sql) => _lake.RowsAsync(sql);

    private static async Task VerifiedAsync(LakeFixture fixture)
    {
        var lake = fixture.NewLake();
        var verified = await new LakeVerifier(lake).VerifyAsync(lake.Table(s_minutes.Id), false, null, default);
        verified.Faults.ShouldBeEmpty();
    }
}
