using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Maintenance;

/// <summary>
/// Links in the place of a table's own folders and files: whatever a command does, what they lead to stays as it is,
/// byte for byte; they are named; and doing as it is said ends it.
/// </summary>
public sealed class InnerLinkTests : IDisposable
{
    private const string Partition = "dt=2022-06-01";
    private static readonly TableId s_id = LakeFixture.Prices().Id;
    private static readonly TableId s_other = new("ods", "ods_other");
    private static readonly DateOnly s_day = LakeFixture.Day;
    private readonly LakeFixture _lake = new();
    private readonly ManualClock _clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly string _outside = Directory.CreateTempSubdirectory("tidemark-outside-").FullName;
    private readonly string _scratch = Directory.CreateTempSubdirectory("tidemark-scratch-").FullName;
    private readonly DataLake _later;

    private string Elsewhere => Path.Combine(_outside, "day");

    public InnerLinkTests() => _later = DataLake.OnDisk(_lake.Folder, _lake.Engine, _clock, new SystemIdSource());

    public void Dispose()
    {
        _lake.Dispose();
        Directory.Delete(_outside, recursive: true);
        Directory.Delete(_scratch, recursive: true);
    }

    /// <summary>An archive on another disk is nobody's table.</summary>
    [Fact]
    public async Task Link_BelowRaw_TakesPayloads()
    {
        Directory.CreateDirectory(Path.Combine(_lake.Folder, "raw", "v"));
        Directory.CreateSymbolicLink(Path.Combine(_lake.Folder, "raw", "v", "api"), _outside);

        await _lake.Store.PutAsync(
            "raw/v/api/dt=2022-06-01/a.json.gz",
            new byte[] { 1 },
            Durability.Rebuildable,
            default
        );

        File.Exists(Path.Combine(_outside, "dt=2022-06-01", "a.json.gz")).ShouldBeTrue();
    }

    public static TheoryData<string> Kinds { get; } =
        new("a folder elsewhere", "another table's partition", "the table", "the layer", "nowhere", "itself", "a file");

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Link_WhateverIsDone_LeavesWhatItLeadsToAndIsNamedOnce(string kind)
    {
        var link = await LinkedAsync(kind);
        var before = Strangers();

        // Each of them does the rest of its work, or says what is in its way.
        var replaced = await Should.ThrowAsync<TidemarkException>(() => _lake.CommitAsync("p/1", s_day, ("a", 9.0)));
        await _lake.CommitAsync("p/2", s_day.AddDays(1), ("b", 3.0));
        await _lake.CommitAsync("q/2", s_day.AddDays(1), ("c", 3.0));
        await new TableCompactor(_later, _lake.Engine, _clock, new SystemIdSource()).CompactAsync(
            s_id,
            new CompactOptions(),
            null,
            default
        );
        var restored = await Should.ThrowAsync<TidemarkException>(() =>
            new TableRestore(_later.Table(s_id)).RestoreAsync(1, default)
        );
        await RepairAsync();
        await VacuumAsync();

        (replaced.Code, restored.Code).ShouldBe((InnerLink.Code, InnerLink.Code));
        Strangers().ShouldBe(before);
        (await NamedAsync()).ShouldBe([link]);
        (await VerifiedAsync(quick: true)).ShouldBe([link]);
        (await VerifiedAsync(quick: false)).ShouldBe([link]);
        Unit("p/1").ShouldNotBeNull().Code.ShouldBe(InnerLink.Code);
        Unit("p/2", s_day.AddDays(1)).ShouldBeNull();

        var dropped = await Retention.DropAsync(_later.Table(s_id), 0, s_day.AddDays(1), apply: true, default);

        dropped.Partitions.ShouldBe(1);
        await RepairAsync();
        await VacuumAsync();
        Strangers().ShouldBe(before);
        (await _lake.RowsAsync("SELECT code FROM ods.ods_prices ORDER BY ALL")).ShouldBe(["b", "c"]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Link_ThatIsRemoved_IsNamedNoMoreAndItsRowsCanBeHadAgain(string kind)
    {
        var link = await LinkedAsync(kind);
        var before = Strangers();

        File.Delete(At(link));

        (await DamageAsync()).Files.ShouldHaveSingleItem().Code.ShouldBe("OBJECT_MISSING");
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        (await NamedAsync()).ShouldBeEmpty();
        (await VerifiedAsync(quick: false)).ShouldBeEmpty();
        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01", "b|2|2022-06-02"]);
        Strangers().ShouldBe(before);
    }

    [Theory]
    [InlineData("a folder elsewhere")]
    [InlineData("a file")]
    public async Task Link_InWhosePlaceThatIsPutBackWhatItStoodFor_IsNamedNoMore(string kind)
    {
        var link = await LinkedAsync(kind);
        var target = new FileInfo(At(link)).LinkTarget!;

        File.Delete(At(link));
        Directory.Move(target, At(link)); // a file, too

        (await NamedAsync()).ShouldBeEmpty();
        await RepairAsync();
        (await VerifiedAsync(quick: false)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Table_ThatIsMovedAsAWholeWithItsDayBackInPlace_IsWhole()
    {
        var link = await LinkedAsync("a folder elsewhere");
        var target = new FileInfo(At(link)).LinkTarget!;
        File.Delete(At(link));
        Directory.Move(target, At(link));
        Directory.Move(At(s_id.Prefix), Path.Combine(_scratch, "moved"));
        Directory.CreateSymbolicLink(At(s_id.Prefix).TrimEnd('/'), Path.Combine(_scratch, "moved"));

        await RepairAsync();
        await _lake.CommitAsync("p/1", s_day, ("a", 5.0));

        (await NamedAsync()).ShouldBeEmpty();
        (await VerifiedAsync(quick: false)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a folder elsewhere")]
    [InlineData("another table's partition")]
    [InlineData("nowhere")]
    public async Task Commit_OfADayThatIsNotThereYetAndWhoseFolderIsALink_WritesNothingAndIsNamed(string kind)
    {
        await CommitOthersAsync();
        await _lake.CommitAsync("p/2", s_day.AddDays(1), ("b", 2.0));
        Link(s_id.Prefix + Partition, TargetOf(kind));
        var before = Strangers();

        var error = await Should.ThrowAsync<TidemarkException>(() => _lake.CommitAsync("p/1", s_day, ("a", 1.0)));

        error.Code.ShouldBe(InnerLink.Code);
        Unit("p/1").ShouldNotBeNull().Code.ShouldBe(InnerLink.Code);
        (await NamedAsync()).ShouldBe([s_id.Prefix + Partition]);
        (await VerifiedAsync(quick: true)).ShouldBe([s_id.Prefix + Partition]);
        Strangers().ShouldBe(before);
        (await _lake.RowsAsync()).Count.ShouldBe(1);

        File.Delete(At(s_id.Prefix + Partition));
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        (await NamedAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Log_ThatIsALink_IsReadAndNeverWritten()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        Directory.Move(At(s_id.Prefix + "_delta_log"), Path.Combine(_outside, "log"));
        Link(s_id.Prefix + "_delta_log", Path.Combine(_outside, "log"));
        var before = Files(_outside);

        var error = await Should.ThrowAsync<TidemarkException>(() => _lake.CommitAsync("p/1", s_day, ("a", 2.0)));

        error.Code.ShouldBe(InnerLink.Code);
        // Nor by who takes over a lease, whom it does not stop.
        await new LaneFences(_lake.NewLake()).FenceAsync(
            new WriterFence("control", Lane.China, 8, _clock.GetUtcNow()),
            default
        );
        (await NamedAsync()).ShouldBe([s_id.Prefix + "_delta_log"]);
        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01"]);
        Files(_outside).ShouldBe(before);
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("_SUCCESS")]
    public async Task Marker_ThatIsALink_IsNamedAndWrittenAgainOnceItIsRemoved(string marker)
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        var theirs = Path.Combine(_outside, "theirs");
        await File.WriteAllTextAsync(theirs, "precious");
        var path = $"{s_id.Prefix}{Partition}/{marker}";
        File.Delete(At(path));
        Link(path, theirs);

        await _lake.CommitAsync("p/1", s_day, ("a", 2.0));
        await RepairAsync();
        var faults = await VerifyAsync(quick: false);

        var fault = faults.ShouldHaveSingleItem();
        (fault.Path, fault.Advice).ShouldBe(
            (path, "Remove the link, then run `tidemark doctor --repair`: it is made again from the log.")
        );
        (await File.ReadAllTextAsync(theirs)).ShouldBe("precious");

        File.Delete(At(path));
        await RepairAsync();
        (await VerifyAsync(quick: false)).ShouldBeEmpty();
    }

    [Fact]
    public async Task LinksOfAQuery_AreThoseOfTheTablesThatItNames()
    {
        var link = await LinkedAsync("another table's partition");

        var named = await _lake.NewLake().LinkedAsync(id => id == s_id, default);
        var others = await _lake.NewLake().LinkedAsync(id => id == s_other, default);

        named.Files.Select(f => f.Link).ShouldBe([link]);
        (others.Files.Count, others.Unlisted.Count).ShouldBe((0, 0));
    }

    /// <summary>Two days, of which the first lies behind a link, or its file does; the key at which that is.</summary>
    private async Task<string> LinkedAsync(string kind)
    {
        await CommitOthersAsync();
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        await _lake.CommitAsync("p/2", s_day.AddDays(1), ("b", 2.0));
        var folder = s_id.Prefix + Partition;
        var file = Directory.GetFiles(At(folder), "*.parquet").Single();
        if (kind == "a file")
        {
            var target = Path.Combine(_outside, "theirs.parquet");
            File.Move(file, target);
            File.CreateSymbolicLink(file, target);
            return Path.GetRelativePath(_lake.Folder, file);
        }

        if (kind == "a folder elsewhere")
        {
            File.Move(file, Path.Combine(Directory.CreateDirectory(Elsewhere).FullName, Path.GetFileName(file)));
        }

        Directory.Delete(At(folder), recursive: true);
        Link(folder, TargetOf(kind));
        return folder;
    }

    private string TargetOf(string kind)
    {
        Directory.CreateDirectory(Elsewhere);
        File.WriteAllText(Path.Combine(Elsewhere, "manifest.json"), """{"precious":1}""");
        File.WriteAllText(Path.Combine(Elsewhere, "_SUCCESS"), "theirs");
        return kind switch
        {
            "a folder elsewhere" => Elsewhere,
            "another table's partition" => $"../ods_other/{Partition}",
            "the table" => ".",
            "the layer" => "..",
            "itself" => Partition,
            _ => "lost",
        };
    }

    private async Task CommitOthersAsync()
    {
        var definition = LakeFixture.Prices() with { Id = s_other };
        using var staging = _lake.Lake.Stage(definition, "run");
        staging.Append("o/1", s_day, LakeFixture.Batch(("o", 7.0)));
        await _lake.Lake.CommitAsync(staging, new CommitRequest("TEST"), default);
    }

    /// <summary>All that is not the table's own, with its content.</summary>
    private List<string> Strangers()
    {
        string[] markers = ["manifest.json", "_SUCCESS"];
        return
        [
            .. Files(_outside),
            .. Files(At(s_other.Prefix)),
            .. markers.Where(m => File.Exists(At(s_id.Prefix + m)) || File.Exists(At("ods/" + m))),
        ];
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(f => $"{f} {Convert.ToHexString(File.ReadAllBytes(f))}");

    private void Link(string key, string target) => File.CreateSymbolicLink(At(key), target);

    private string At(string key) => Path.Combine(_lake.Folder, key);

    private TidemarkException? Unit(string unit, DateOnly? day = null)
    {
        var table = _lake.NewLake();
        var standing = table.Table(s_id).SnapshotAsync(default).GetAwaiter().GetResult();
        return table.InTheWay(LakeFixture.Prices(), standing, unit, day ?? s_day);
    }

    private Task<LakeDamage> DamageAsync() => _lake.NewLake().DamageAsync(default);

    private async Task<string?[]> NamedAsync()
    {
        var damage = await DamageAsync();
        damage.Files.ShouldAllBe(f => f.Code == InnerLink.Code && f.Line.Contains("Or remove the link"));
        return [.. damage.Files.Select(f => f.Link).Concat(damage.Unlisted.Select(l => l.Name)).Distinct()];
    }

    private async Task<IReadOnlyList<VerifyFinding>> VerifyAsync(bool quick)
    {
        var lake = _lake.NewLake();
        return (await new LakeVerifier(lake).VerifyAsync(lake.Table(s_id), quick, null, default)).Faults;
    }

    private async Task<string[]> VerifiedAsync(bool quick) => [.. (await VerifyAsync(quick)).Select(f => f.Path)];

    private async Task RepairAsync()
    {
        var catalog = new CatalogFile(Path.Combine(_scratch, "catalog.duckdb"), _later);
        await new LakeRepair(_later, catalog).RepairAsync(default);
    }

    private async Task VacuumAsync()
    {
        var vacuum = new Vacuum(_later);
        var plan = await vacuum.PlanAsync(_later.Table(s_id), vacuum.Cutoff(TimeSpan.FromDays(7)), default);
        await vacuum.ApplyAsync(plan, default);
    }
}
