using System.Security.Cryptography;
using System.Text;
using Tidemark.Core.Errors;
using Tidemark.Lake.Storage;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Storage;

public sealed class FileCacheTests : IDisposable
{
    private const int FileBytes = 100;
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-cache-").FullName;
    private readonly ManualClock _clock = new();
    private readonly List<FileCache> _open = [];
    private int _fetches;

    public void Dispose()
    {
        _open.ForEach(c => c.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Hold_FilesThatAreHere_AreNotFetchedAgain()
    {
        var cache = NewCache(1_000);
        (await HoldAsync(cache, "a", "b")).Dispose();
        (await HoldAsync(cache, "b", "a", "a")).Dispose();
        (await HoldAsync(NewCache(1_000), "a")).Dispose();
        _fetches.ShouldBe(2);
        Directory.GetFiles(_folder, ".tmp-*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Hold_SeveralAtOnce_FetchEachFileOnce()
    {
        var cache = NewCache(1_000);
        var held = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => HoldAsync(cache, "a", "b", "c")));
        _fetches.ShouldBe(3);
        Array.ForEach(held, h => h.Dispose());
    }

    [Fact]
    public async Task Hold_MoreThanFits_RemovesWhatWasUsedTheLongestTimeAgo()
    {
        var cache = NewCache(FileBytes * 3);
        foreach (var name in new[] { "a", "b", "c", "a" })
        {
            (await HoldAsync(cache, name)).Dispose();
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        (await HoldAsync(cache, "d")).Dispose();

        Here().ShouldNotContain("b");
        Here().ShouldContain("d");
        Here().ShouldContain("a", "it was used again");
        Bytes().ShouldBeLessThanOrEqualTo(FileBytes * 3);
    }

    [Fact]
    public async Task Hold_FilesInUse_AreNeverRemoved()
    {
        var cache = NewCache(FileBytes * 3);
        using (await HoldAsync(cache, "a", "b"))
        {
            _clock.Advance(TimeSpan.FromHours(3));
            foreach (var name in new[] { "c", "d", "e" })
            {
                (await HoldAsync(cache, name)).Dispose();
            }

            Here().ShouldBe(["a", "b", "e"]);
        }

        (await HoldAsync(cache, "c", "d", "f")).Dispose();
        Here().ShouldBe(["c", "d", "f"]);
    }

    [Fact]
    public async Task Hold_MoreAtOnceThanTheBound_IsRefusedWithTheSizeThatIsNeeded()
    {
        var cache = NewCache(FileBytes * 3);
        using (await HoldAsync(cache, "a", "b"))
        {
            var error = await Should.ThrowAsync<TidemarkException>(() => HoldAsync(cache, "b", "c", "d"));
            error.Code.ShouldBe("CACHE_TOO_SMALL");
            error.Message.ShouldContain($"{FileBytes * 4} are to be read");
            error.Message.ShouldContain("s3.cache_size");
        }

        (await HoldAsync(cache, "b", "c", "d")).Dispose();
    }

    [Fact]
    public async Task Hold_CopyThatIsCutOrSpoiled_IsFetchedAgain()
    {
        (await HoldAsync(NewCache(1_000), "a", "b")).Dispose();
        await File.WriteAllTextAsync(PathOf("a"), "cut");
        var spoiled = Content("b");
        spoiled[7] ^= 1;
        await File.WriteAllBytesAsync(PathOf("b"), spoiled);

        using (await HoldAsync(NewCache(1_000), "a", "b"))
        {
            (await File.ReadAllBytesAsync(PathOf("a"))).ShouldBe(Content("a"));
            (await File.ReadAllBytesAsync(PathOf("b"))).ShouldBe(Content("b"));
        }

        _fetches.ShouldBe(4);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("spoiled")]
    public async Task Hold_FetchThatBringsSomethingElse_IsRefusedByNameAndNotKept(string how)
    {
        var cache = NewCache(1_000);
        var wanted = Of("a");
        var error = await Should.ThrowAsync<TidemarkException>(() =>
            cache.HoldAsync(
                [wanted],
                (_, path, token) =>
                    File.WriteAllBytesAsync(path, how == "short" ? Content("a")[1..] : Content("z"), token),
                default
            )
        );
        error.Code.ShouldBe("OBJECT_DAMAGED");
        error.Message.ShouldContain(wanted.Key);
        Directory.GetFiles(Path.Combine(_folder, "ods"), "*", SearchOption.AllDirectories).ShouldBeEmpty();

        // It holds nothing back either.
        (await HoldAsync(cache, "a")).Dispose();
    }

    [Fact]
    public async Task Hold_AnotherProcessIsThere_RemovesOnlyWhatNobodyUsedForAnHour()
    {
        var (ours, theirs) = (NewCache(FileBytes * 2), NewCache(FileBytes * 2));
        (await HoldAsync(theirs, "old")).Dispose();
        _clock.Advance(TimeSpan.FromMinutes(61));
        using var held = await HoldAsync(theirs, "recent");
        (await HoldAsync(ours, "a", "b")).Dispose();
        Here().ShouldBe(["a", "b", "recent"], "what others may hold stays, even over the bound");

        // A long reading keeps its files young; they go when its process has gone.
        _clock.Advance(TimeSpan.FromMinutes(59));
        (await HoldAsync(ours, "b")).Dispose();
        _clock.Advance(TimeSpan.FromMinutes(5));
        (await HoldAsync(ours, "c")).Dispose();
        Here().ShouldBe(["b", "c", "recent"]);
        held.Dispose();
        theirs.Dispose();
        (await HoldAsync(ours, "d", "e")).Dispose();
        Here().ShouldBe(["d", "e"]);
    }

    [Fact]
    public async Task Adopt_FinishedFile_ServesTheNextReaderWithoutAFetch()
    {
        var cache = NewCache(1_000);
        var path = Path.Combine(_folder, "staged");
        await File.WriteAllBytesAsync(path, Content("a"));
        await cache.AdoptAsync(Of("a"), path, default);
        File.Exists(path).ShouldBeFalse();
        (await HoldAsync(cache, "a")).Dispose();
        _fetches.ShouldBe(0);
    }

    [Fact]
    public async Task Hold_WhileAnotherProcessFetches_DoesNotStumbleOverItsTemporaryNames()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "ods", "t")).FullName;
        using var done = new CancellationTokenSource();
        var others = Task.Run(() =>
        {
            for (var i = 0; !done.IsCancellationRequested; i++)
            {
                var path = Path.Combine(folder, $".tmp-{i % 50}");
                File.WriteAllText(path, "");
                File.Delete(path);
            }
        });
        try
        {
            for (var i = 0; i < 500; i++)
            {
                // Each begins by adding up what is here.
                using var cache = new FileCache(_folder, 1_000, _clock);
                (await HoldAsync(cache, $"f{i % 3}")).Dispose();
                File.Delete(Path.Combine(_folder, Of($"f{i % 3}").Key));
            }
        }
        finally
        {
            await done.CancelAsync();
            await others;
        }
    }

    private FileCache NewCache(long bytes)
    {
        var cache = new FileCache(_folder, bytes, _clock);
        _open.Add(cache);
        return cache;
    }

    private Task<IDisposable> HoldAsync(FileCache cache, params string[] names) =>
        cache.HoldAsync(
            [.. names.Select(Of)],
            (wanted, path, token) =>
            {
                Interlocked.Increment(ref _fetches);
                return File.WriteAllBytesAsync(path, Content(Path.GetFileName(wanted.Key)), token);
            },
            default
        );

    private static ImmutableObject Of(string name) =>
        new($"ods/t/dt=2022-06-01/{name}", FileBytes, Convert.ToHexStringLower(SHA256.HashData(Content(name))));

    private static byte[] Content(string name) => Encoding.ASCII.GetBytes(name.PadRight(FileBytes, '.'));

    private string PathOf(string name) => Path.Combine(_folder, "ods", "t", "dt=2022-06-01", name);

    private string[] Here() =>
        [
            .. Directory
                .GetFiles(Path.Combine(_folder, "ods"), "*", SearchOption.AllDirectories)
                .Select(f => Path.GetFileName(f))
                .Order(StringComparer.Ordinal),
        ];

    private long Bytes() => Here().Length * FileBytes;
}
