using Tidemark.Core.Errors;
using Tidemark.Lake.Maintenance;

namespace Tidemark.Lake.Tests.Maintenance;

public sealed class VerifyTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private readonly LakeFixture _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Verify_AWholeTable_FindsNothing()
    {
        await CommitDaysAsync(3);
        await _lake.CommitAsync("p/0", s_day, ("a", 9.0)); // one file is no longer live, which is no leftover
        await _lake.CommitAsync("p/empty", s_day.AddDays(9));

        var result = await VerifyAsync();

        result.Ok.ShouldBeTrue();
        result.Notes.ShouldBeEmpty();
        (result.Version, result.Files, result.Rows).ShouldBe((4, 4, 3));
    }

    [Fact]
    public async Task Verify_EachKindOfDamage_IsNamedWithItsFile()
    {
        await CommitDaysAsync(3);
        File.Delete(Data(0));
        File.AppendAllText(Data(1), "more");
        var bytes = File.ReadAllBytes(Data(2));
        bytes[10] ^= 0xFF;
        File.WriteAllBytes(Data(2), bytes);

        var result = await VerifyAsync();

        string[] expected =
        [
            "dt=2022-06-01: it is missing",
            $"dt=2022-06-02: it has {bytes.Length + 4} bytes, the log says {bytes.Length}",
            "dt=2022-06-03: its SHA-256 is",
        ];
        result.Faults.Select((f, i) => $"{f.Path.Split('/')[2]}: {f.What}"[..expected[i].Length]).ShouldBe(expected);
        result.Faults.ShouldAllBe(f => f.Advice.Length > 0);

        (await VerifyAsync(quick: true)).Faults.Count.ShouldBe(2, "only what is missing or of another size");
    }

    [Fact]
    public async Task Verify_RowsThatTheLogMiscounts_AreSeen()
    {
        await CommitDaysAsync(1);
        var entry = Path.Combine(_lake.Folder, "ods/ods_prices/_delta_log/00000000000000000000.json");
        var text = await File.ReadAllTextAsync(entry);
        text.ShouldContain("\\\"numRecords\\\":1");
        await File.WriteAllTextAsync(entry, text.Replace("\\\"numRecords\\\":1", "\\\"numRecords\\\":2"));

        (await VerifyAsync()).Faults.Select(f => f.What).ShouldContain("it has 1 rows, the log says 2");
    }

    [Fact]
    public async Task Verify_Leftovers_AreNotesAndNoFaults()
    {
        await CommitDaysAsync(3);
        File.WriteAllText(Path.Combine(Folder(0), "part-killed-00000.parquet"), "x");
        File.WriteAllText(Path.Combine(Folder(0), ".tmp-killed"), "x");
        File.WriteAllText(Path.Combine(Folder(0), "notes.txt"), "the user's own");
        File.WriteAllText(Path.Combine(Folder(1), "manifest.json"), "{");
        File.Delete(Path.Combine(Folder(2), "_SUCCESS"));
        File.Delete(Path.Combine(Folder(2), "manifest.json"));

        var result = await VerifyAsync();

        result.Ok.ShouldBeTrue();
        result
            .Notes.Select(n => Path.GetFileName(n.Path))
            .ShouldBe(["manifest.json", "manifest.json", "part-killed-00000.parquet", ".tmp-killed"]);
        result.Notes.Take(2).ShouldAllBe(n => n.Advice.Contains("doctor --repair"));
    }

    [Fact]
    public async Task Verify_ALogWithAGapOrADamagedEntry_IsAFaultOfItsTable()
    {
        await CommitDaysAsync(3);
        var log = Path.Combine(_lake.Folder, "ods/ods_prices/_delta_log");
        var entry = Path.Combine(log, "00000000000000000001.json");
        var content = File.ReadAllText(entry);

        File.WriteAllText(entry, content[..(content.Length / 2)]);
        (await VerifyAsync()).Faults.ShouldHaveSingleItem().What.ShouldStartWith("LOG_CORRUPT");

        File.Delete(entry);
        var gap = await VerifyAsync();
        gap.Ok.ShouldBeFalse();
        gap.Faults.ShouldHaveSingleItem().What.ShouldStartWith("LOG_GAP");
    }

    [Fact]
    public async Task Tables_OneThatDoesNotExist_IsRefusedByName()
    {
        await CommitDaysAsync(1);
        var verifier = new LakeVerifier(_lake.NewLake());

        (await verifier.TablesAsync([], default)).Count.ShouldBe(1);
        (
            await Should.ThrowAsync<TidemarkException>(() => verifier.TablesAsync(["ods.ods_price"], default))
        ).Code.ShouldBe("TABLE_UNKNOWN");
    }

    private async Task CommitDaysAsync(int days)
    {
        for (var i = 0; i < days; i++)
        {
            await _lake.CommitAsync($"p/{i}", s_day.AddDays(i), ("a", i));
        }
    }

    // With another lake each time, as another process would: it has read nothing yet.
    private async Task<TableVerification> VerifyAsync(bool quick = false)
    {
        var lake = _lake.NewLake();
        var table = lake.Table(LakeFixture.Prices().Id);
        return await new LakeVerifier(lake).VerifyAsync(table, quick, progress: null, default);
    }

    private string Folder(int day) =>
        Path.Combine(_lake.Folder, "ods/ods_prices", $"dt={s_day.AddDays(day):yyyy-MM-dd}");

    private string Data(int day) => Directory.GetFiles(Folder(day), "*.parquet").Single();
}
