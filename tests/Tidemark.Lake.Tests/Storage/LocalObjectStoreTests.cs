using Tidemark.Core.Errors;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tests.Crashes;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Storage;

public sealed class LocalObjectStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-store-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Staged(string content)
    {
        var path = Path.Combine(_folder, "_staging", "part.parquet");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    [Fact]
    public async Task PutIfAbsent_RacingWriters_ExactlyOneWinsAndItsContentStands()
    {
        var store = new LocalObjectStore(_folder);
        for (var key = 0; key < 10; key++)
        {
            var wins = await Task.WhenAll(
                Enumerable
                    .Range(0, 20)
                    .Select(i => Task.Run(() => store.PutIfAbsentAsync($"k/{key}", new[] { (byte)i }, default)))
            );
            var winner = Array.IndexOf(wins, true);
            wins.Count(w => w).ShouldBe(1);
            (await store.GetAsync($"k/{key}", default)).ShouldBe([(byte)winner]);
        }

        Directory.GetFiles(_folder, ".tmp-*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a/b/c/k")] // c is a link
    [InlineData("a/b/c/d/k")]
    [InlineData("a/b/file")] // a link itself
    public async Task Write_ThroughALinkInsideATable_IsRefusedAndChangesNothing(string key)
    {
        var store = new LocalObjectStore(_folder);
        var theirs = Path.Combine(_folder, "_theirs");
        Directory.CreateDirectory(Path.Combine(theirs, "d"));
        Directory.CreateDirectory(Path.Combine(_folder, "a/b"));
        File.WriteAllText(Path.Combine(theirs, "k"), "theirs");
        File.WriteAllText(Path.Combine(theirs, "d/k"), "theirs");
        File.CreateSymbolicLink(Path.Combine(_folder, "a/b/c"), theirs);
        File.CreateSymbolicLink(Path.Combine(_folder, "a/b/file"), Path.Combine(theirs, "k"));
        Func<Task>[] writes =
        [
            () => store.PutAsync(key, new byte[] { 1 }, Durability.Durable, default),
            () => store.PutAsync(key, default, Durability.Rebuildable, default),
            () => store.PutIfAbsentAsync(key, new byte[] { 1 }, default),
            () => store.DeleteAsync(key, default),
            () => store.PublishAsync([new PublishedFile(Staged("ours"), key)], default),
        ];

        foreach (var write in key == "a/b/file" ? writes[..^1] : writes) // a rename takes a link's place and follows none
        {
            (await Should.ThrowAsync<TidemarkException>(write)).Code.ShouldBe(InnerLink.Code);
        }

        Directory.GetFiles(theirs, "*", SearchOption.AllDirectories).Length.ShouldBe(2);
        File.ReadAllText(Path.Combine(theirs, "k")).ShouldBe("theirs");
        File.ReadAllText(Path.Combine(theirs, "d/k")).ShouldBe("theirs");
    }

    [Fact]
    public async Task Sizes_BehindALinkInsideATable_AreNotThereAsInAListing()
    {
        var store = new LocalObjectStore(_folder);
        var theirs = Path.Combine(_folder, "_theirs");
        Directory.CreateDirectory(Path.Combine(theirs, "deep"));
        Directory.CreateDirectory(Path.Combine(_folder, "a/b/plain"));
        File.WriteAllText(Path.Combine(theirs, "k"), "theirs");
        File.WriteAllText(Path.Combine(theirs, "deep/k"), "theirs");
        File.WriteAllText(Path.Combine(_folder, "a/b/plain/k"), "ours");
        File.CreateSymbolicLink(Path.Combine(_folder, "a/b/linked"), theirs);
        File.CreateSymbolicLink(Path.Combine(_folder, "a/b/file"), Path.Combine(theirs, "k"));

        var sizes = await store.SizesAsync(
            "a/b/",
            ["a/b/plain/k", "a/b/linked/k", "a/b/linked/deep/k", "a/b/file"],
            default
        );

        sizes.ShouldBe(new Dictionary<string, long> { ["a/b/plain/k"] = 4 });
    }

    [Fact]
    public async Task Write_ToATableOfALayerThatAreLinks_GoesWhereTheyLead()
    {
        var store = new LocalObjectStore(_folder);
        var disk = Path.Combine(_folder, "_disk");
        Directory.CreateDirectory(Path.Combine(disk, "table"));
        Directory.CreateDirectory(Path.Combine(disk, "layer"));
        File.CreateSymbolicLink(Path.Combine(_folder, "a"), Path.Combine(disk, "layer"));
        File.CreateSymbolicLink(Path.Combine(disk, "layer/b"), Path.Combine(disk, "table"));

        await store.PutAsync("a/b/c/k", new byte[] { 1 }, Durability.Durable, default);

        File.Exists(Path.Combine(disk, "table/c/k")).ShouldBeTrue();
        store.LinkTo("a/b/c/k").ShouldBeNull();
        await store.DeleteAsync("a/b/c/k", default);
        File.Exists(Path.Combine(disk, "table/c/k")).ShouldBeFalse();
    }

    [Fact]
    public async Task List_SiblingWhoseNameBeginsTheSame_IsNotReached()
    {
        var store = new LocalObjectStore(_folder);
        await store.PutAsync("dim/dim_etf/a", new byte[] { 1 }, Durability.Durable, default);
        await store.PutAsync("dim/dim_etf_full/b", new byte[] { 1 }, Durability.Durable, default);

        var keys = new List<string>();
        await foreach (var entry in store.ListAsync("dim/dim_etf/", null, default))
        {
            keys.Add(entry.Key);
        }

        keys.ShouldBe(["dim/dim_etf/a"]);
        (await store.ListFoldersAsync("dim/", default)).ShouldBe(["dim_etf", "dim_etf_full"]);
        await Should.ThrowAsync<ArgumentException>(async () =>
        {
            await foreach (var _ in store.ListAsync("dim/dim_etf", null, default)) { }
        });
    }

    [Fact]
    public async Task Get_AbsentKey_IsNullAndDeleteIsNoError()
    {
        var store = new LocalObjectStore(_folder);
        (await store.GetAsync("no/such", default)).ShouldBeNull();
        await store.DeleteAsync("no/such", default);
        Should.Throw<ArgumentException>(() => store.ReadablePath("../outside"));
    }

    [Fact]
    public async Task Publish_AFileThatWasStagedLongAgo_IsAsYoungAsItsPublication()
    {
        // A vacuum takes what is old and in no version; between this and the log entry it is in none.
        var staged = Staged("long ago");
        var now = File.GetLastWriteTimeUtc(staged);
        File.SetLastWriteTimeUtc(staged, now.AddDays(-3));
        var store = new LocalObjectStore(_folder);

        await store.PublishAsync([new PublishedFile(staged, "t/part-0.parquet")], default);

        File.GetLastWriteTimeUtc(Path.Combine(_folder, "t", "part-0.parquet")).ShouldBeGreaterThan(now.AddMinutes(-1));
    }

    [Fact]
    public async Task Publish_ToAFolderOnAnotherFileSystem_IsFlushedThereBeforeItHasItsName()
    {
        using var other = SmallDisk.TryMount("4m");
        Assert.SkipWhen(other is null, "mounting a small tmpfs needs root");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "ods"), other.Folder);
        var disk = new RecordingDisk();
        var store = new LocalObjectStore(_folder, disk);
        var staged = Staged("rows");

        await store.PublishAsync([new PublishedFile(staged, "ods/part-0.parquet")], default);

        File.ReadAllText(Path.Combine(other.Folder, "part-0.parquet")).ShouldBe("rows");
        File.Exists(staged).ShouldBeFalse();
        Directory.GetFiles(other.Folder).Length.ShouldBe(1);
        var flushed = disk
            .Calls.Where(c => c.Kind == DiskCallKind.FlushFile)
            .Select(c => Path.GetDirectoryName(c.Path));
        flushed.ShouldContain(Path.Combine(_folder, "ods"));
    }

    [Fact]
    public void Open_PathThatIsAFile_SaysSo()
    {
        var path = Path.Combine(_folder, "file");
        File.WriteAllText(path, "");
        var error = Should.Throw<TidemarkException>(() => new LocalObjectStore(path));
        (error.Kind, error.Code).ShouldBe((ErrorKind.Configuration, "LAKE_IS_FILE"));
        error.Message.ShouldContain($"{path} is a file");
    }

    [Fact]
    public async Task Commit_FullDisk_SaysSoAndShowsNothingHalfWritten()
    {
        using var disk = SmallDisk.TryMount("4m");
        Assert.SkipWhen(disk is null, "mounting a small tmpfs needs root");
        using (var lake = new LakeFixture(Path.Combine(disk.Folder, "lake")))
        {
            await lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1.0));
            var random = new Random(7);
            var rows = Enumerable
                .Range(0, 1_000_000)
                .Select(i => ($"{random.NextInt64():x}", (double?)random.NextDouble()))
                .ToArray();

            var error = await Should.ThrowAsync<TidemarkException>(() =>
                lake.CommitAsync("p/2", LakeFixture.Day, rows)
            );

            error.Code.ShouldBe("DISK_FULL");
            (await lake.RowsAsync()).ShouldBe(["a|1|2022-06-01"]);
            lake.Lake.Staging.Sweep("run");
            (await lake.CommitAsync("p/3", LakeFixture.Day, ("b", 2.0))).IsNewVersion.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Commit_ReadOnlyLake_SaysSo()
    {
        using var disk = SmallDisk.TryMount("4m");
        Assert.SkipWhen(disk is null, "mounting a small tmpfs needs root");
        using var lake = new LakeFixture(Path.Combine(disk.Folder, "lake"));
        await lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1.0));
        disk.MakeReadOnly();

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            lake.CommitAsync("p/2", LakeFixture.Day, ("b", 1.0))
        );
        disk.MakeWritable();

        error.Code.ShouldBe("STORE_READ_ONLY");
        (await lake.RowsAsync()).ShouldBe(["a|1|2022-06-01"]);
    }
}
