using System.Text.Json;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Tests;

/// <summary>The minutes of a market, from the vendor to the files in which a reader of one symbol finds them.</summary>
[Trait("Speed", "Slow")]
public sealed class MinuteGroupsTests
{
    private const string Sums =
        "SELECT count(*) || ' ' || count(DISTINCT ts_code) || ' ' || sum(hash(ts_code, trade_time, close, vol, dt))::VARCHAR FROM ods.ods_stk_mins";
    private static readonly TableId s_minutes = new("ods", "ods_stk_mins");

    [Fact]
    public async Task Minutes_FetchedAndCompacted_AreInGroupsOfSymbolsAndARunningMonthWaits()
    {
        await using var rig = await IngestRig.StartAsync(more: ["stk_mins"]);
        var run = await rig.BackfillAsync("2024-05-30", "2024-06-03", "stock_basic", "stk_mins");
        run.Run.Errors.ShouldBeEmpty();
        var before = await rig.TextAsync(Sums);
        var snapshot = await rig.SnapshotAsync(s_minutes.Name);
        snapshot
            .Files.Keys.Select(f => f[..f.IndexOf('/', StringComparison.Ordinal)])
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ShouldBe(["month=2024-05", "month=2024-06"]);
        var may = Of(snapshot, "2024-05");
        var running = Of(snapshot, "2024-06").Select(f => f.Path).ToArray();
        may.Length.ShouldBeGreaterThan(10, "a file a symbol");

        var options = new CompactOptions
        {
            EnoughBytes = may.Sum(f => f.Size) / 8,
            MaxBytes = may.Sum(f => f.Size) / 4,
        };
        var done = await rig.Get<TableCompactor>().CompactAsync(s_minutes, options, null, CancellationToken.None);

        (done.Partitions, done.FilesBefore).ShouldBe((1, may.Length));
        (await rig.TextAsync(Sums)).ShouldBe(before);
        snapshot = await rig.SnapshotAsync(s_minutes.Name);
        Of(snapshot, "2024-06").Select(f => f.Path).ShouldBe(running, ignoreOrder: true, "its units go on");
        var groups = Of(snapshot, "2024-05");
        groups.Length.ShouldBeInRange(3, 6);
        foreach (var code in await CodesAsync(rig))
        {
            groups.Count(f => MayHave(f, code)).ShouldBe(1, $"the log says in which file {code} is");
        }

        // Once more from the vendor: the same rows, whatever file they are in.
        (
            await rig.RefetchAsync(new(["stk_mins"], new(2024, 5, 30), new(2024, 5, 31), ["600002.SH"], null))
        ).Rows.Changed.ShouldBe(0);
        (await rig.TextAsync(Sums)).ShouldBe(before);
    }

    private static AddAction[] Of(TableSnapshot snapshot, string month) =>
        [.. snapshot.Files.Values.Where(f => f.PartitionValues["month"] == month && Bounds(f) is not null)];

    private static async Task<string[]> CodesAsync(IngestRig rig) =>
        (
            await rig.TextAsync(
                "SELECT string_agg(DISTINCT ts_code, ' ') FROM ods.ods_stk_mins WHERE month = '2024-05'"
            )
        ).Split(' ');

    private static bool MayHave(AddAction file, string code) =>
        Bounds(file) is var (min, max)
        && string.CompareOrdinal(min, code) <= 0
        && string.CompareOrdinal(code, max) <= 0;

    /// <summary>The least and the greatest code of a file by the log; null of one without rows.</summary>
    private static (string Min, string Max)? Bounds(AddAction file)
    {
        using var stats = JsonDocument.Parse(file.Stats!);
        string? Bound(string which) =>
            stats.RootElement.GetProperty(which).TryGetProperty("ts_code", out var code) ? code.GetString() : null;
        return Bound("minValues") is { } min && Bound("maxValues") is { } max ? (min, max) : null;
    }
}
