using System.Security.Cryptography;
using System.Text;
using Tidemark.Core.Errors;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tests.Storage;

/// <summary>What every object store must do; a class a store runs it.</summary>
public abstract class ObjectStoreConformance
{
    /// <summary>Larger than the threshold from which on the stores under test upload in parts.</summary>
    protected const int LargeBytes = 12 << 20;

    private static readonly byte[] s_abc = "abc"u8.ToArray();

    protected abstract IObjectStore Store { get; }

    public static TheoryData<string> OddKeys =>
        [
            "k/with space",
            "k/ leading and trailing ",
            "k/percent%20%2F%",
            "k/dt=2022-06-01/part=a",
            "k/质量 Ünïcode 🙂",
            "k/hash#tag",
            "k/what?x=1&y=2",
            "k/plus+comma,semicolon;colon:at@",
            "k/quote'double\"back`tick",
            "k/star*[brackets]{braces}~tilde!$(dollar)",
            "k/..dots..and...more",
            "k/.hidden",
        ];

    [Fact]
    public async Task Get_AbsentKey_IsNull()
    {
        (await Store.GetAsync("no/such", default)).ShouldBeNull();
        (await Store.GetRangeAsync("no/such", 0, 5, default)).ShouldBeNull();
        (await Store.GetRangeAsync("no/such", 0, 0, default)).ShouldBeNull();
        await Store.DeleteAsync("no/such", default);
    }

    [Fact]
    public async Task Get_FolderOfObjects_IsNoObject()
    {
        await Store.PutAsync("a/b/c", s_abc, Durability.Durable, default);
        (await Store.GetAsync("a/b", default)).ShouldBeNull();
        await Store.DeleteAsync("a/b", default);
        (await Store.GetAsync("a/b/c", default)).ShouldBe(s_abc);
    }

    [Theory]
    [InlineData(Durability.Durable)]
    [InlineData(Durability.Rebuildable)]
    public async Task Put_NewThenOther_ReplacesIt(Durability durability)
    {
        await Store.PutAsync("a/b", s_abc, durability, default);
        (await Store.GetAsync("a/b", default)).ShouldBe(s_abc);
        await Store.PutAsync("a/b", "longer than before"u8.ToArray(), durability, default);
        (await Store.GetAsync("a/b", default)).ShouldBe("longer than before"u8.ToArray());
        await Store.PutAsync("a/b", default, durability, default);
        (await Store.GetAsync("a/b", default)).ShouldBe([]);
    }

    [Theory]
    [InlineData(Durability.Durable)]
    [InlineData(Durability.Rebuildable)]
    public async Task Put_Empty_IsThereWithNoBytes(Durability durability)
    {
        await Store.PutAsync("new folder/_SUCCESS", default, durability, default);
        (await Store.GetAsync("new folder/_SUCCESS", default)).ShouldBe([]);
        (await Store.GetRangeAsync("new folder/_SUCCESS", 0, 10, default)).ShouldBe([]);
        (await ListAsync("new folder/")).ShouldBe(["new folder/_SUCCESS"]);
    }

    [Theory]
    [InlineData(0, 3, "012")]
    [InlineData(3, 4, "3456")]
    [InlineData(8, 10, "89")]
    [InlineData(10, 1, "")]
    [InlineData(25, 5, "")]
    [InlineData(2, 0, "")]
    public async Task GetRange_AnyOffset_GivesWhatIsThere(long offset, int length, string expected)
    {
        await Store.PutAsync("a/digits", "0123456789"u8.ToArray(), Durability.Durable, default);
        (await Store.GetRangeAsync("a/digits", offset, length, default)).ShouldBe(Encoding.UTF8.GetBytes(expected));
    }

    [Fact]
    public async Task PutIfAbsent_KeyThatIsThere_IsFalseAndChangesNothing()
    {
        (await Store.PutIfAbsentAsync("new/a", s_abc, default)).ShouldBeTrue();
        (await Store.PutIfAbsentAsync("new/a", "other"u8.ToArray(), default)).ShouldBeFalse();
        (await Store.GetAsync("new/a", default)).ShouldBe(s_abc);
        await Store.DeleteAsync("new/a", default);
        (await Store.PutIfAbsentAsync("new/a", default, default)).ShouldBeTrue();
        (await Store.PutIfAbsentAsync("new/a", s_abc, default)).ShouldBeFalse();
        (await Store.GetAsync("new/a", default)).ShouldBe([]);
    }

    [Fact]
    public async Task PutIfAbsent_RacingWriters_ExactlyOneWinsAndItsBytesStand()
    {
        const int Writers = 16;
        for (var key = 0; key < 10; key++)
        {
            var wins = await Task.WhenAll(
                Enumerable
                    .Range(0, Writers)
                    .Select(i => Task.Run(() => Store.PutIfAbsentAsync($"race/{key}", new[] { (byte)i }, default)))
            );
            wins.Count(w => w).ShouldBe(1);
            (await Store.GetAsync($"race/{key}", default)).ShouldBe([(byte)Array.IndexOf(wins, true)]);
        }

        (await ListAsync("race/")).Count.ShouldBe(10);
    }

    [Fact]
    public async Task List_KeysAtEveryDepth_AreInOrdinalOrderWithSizes()
    {
        string[] keys = ["t/Z", "t/a", "t/a!/b", "t/a-b", "t/a.b/c", "t/a/b", "t/a/b.c", "t/a0", "t/é"];
        string[] writable = [.. keys.Where(k => k != "t/a")]; // a file system has no file a beside a folder a
        foreach (var key in writable.Reverse())
        {
            await Store.PutAsync(key, new byte[key.Length], Durability.Rebuildable, default);
        }

        var found = new List<StoredObject>();
        await foreach (var entry in Store.ListAsync("t/", null, default))
        {
            found.Add(entry);
        }

        found.Select(f => f.Key).ShouldBe(writable.Order(StringComparer.Ordinal));
        found.ShouldAllBe(f => f.Bytes == f.Key.Length);
        var now = TimeProvider.System.GetUtcNow();
        found.ShouldAllBe(f => f.Modified > now.AddHours(-1) && f.Modified < now.AddHours(1));
        foreach (var after in writable.Append("t/a").Append("t/a/").Append("t/zz").Append("t/"))
        {
            (await ListAsync("t/", after)).ShouldBe(
                writable.Where(k => string.CompareOrdinal(k, after) > 0).Order(StringComparer.Ordinal),
                ignoreOrder: false,
                customMessage: $"after {after}"
            );
        }
    }

    [Fact]
    public async Task List_MoreThanAPage_GivesThemAll()
    {
        var keys = Enumerable.Range(0, 1_100).Select(i => $"log/{i:D20}.json").ToArray();
        await Parallel.ForEachAsync(
            keys,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (key, token) => await Store.PutAsync(key, s_abc, Durability.Rebuildable, token)
        );
        (await ListAsync("log/")).ShouldBe(keys);
        (await ListAsync("log/", keys[1_000])).ShouldBe(keys[1_001..]);
    }

    [Fact]
    public async Task Sizes_OfNamedObjects_AreOfThoseThatAreThere()
    {
        await Store.PutAsync("t/dt=1/a", s_abc, Durability.Durable, default);
        await Store.PutAsync("t/dt=1/empty", default, Durability.Durable, default);
        await Store.PutAsync("t/dt=2/not named", s_abc, Durability.Durable, default);
        var sizes = await Store.SizesAsync(
            "t/",
            ["t/dt=1/a", "t/dt=1/empty", "t/dt=1/gone", "t/dt=1", "t/dt=3/gone", "t/dt=1/a/below"],
            default
        );
        sizes.ShouldBe(new Dictionary<string, long> { ["t/dt=1/a"] = 3, ["t/dt=1/empty"] = 0 }, ignoreOrder: true);
        (await Store.SizesAsync("none/", ["none/a"], default)).ShouldBeEmpty();
        (await Store.SizesAsync("t/", [], default)).ShouldBeEmpty();
        await Should.ThrowAsync<ArgumentException>(() => Store.SizesAsync("t", ["t/dt=1/a"], default));
    }

    [Fact]
    public async Task List_SiblingWhoseNameBeginsTheSame_IsNotReached()
    {
        await Store.PutAsync("dim/dim_etf/a", s_abc, Durability.Durable, default);
        await Store.PutAsync("dim/dim_etf_full/b", s_abc, Durability.Durable, default);
        (await ListAsync("dim/dim_etf/")).ShouldBe(["dim/dim_etf/a"]);
        (await Store.ListFoldersAsync("dim/", default)).ShouldBe(["dim_etf", "dim_etf_full"]);
        await Should.ThrowAsync<ArgumentException>(() => ListAsync("dim/dim_etf"));
        await Should.ThrowAsync<ArgumentException>(() => Store.ListFoldersAsync("dim", default));
    }

    [Fact]
    public async Task ListFolders_FolderWhoseLastObjectWasRemoved_IsNotThere()
    {
        await Store.PutAsync("l/full/deep/a", s_abc, Durability.Durable, default);
        await Store.PutAsync("l/gone/deep/a", s_abc, Durability.Durable, default);
        await Store.PutAsync("l/object", s_abc, Durability.Durable, default);
        await Store.DeleteAsync("l/gone/deep/a", default);
        (await Store.ListFoldersAsync("l/", default)).ShouldBe(["full"]);
        (await Store.ListFoldersAsync("none/", default)).ShouldBeEmpty();
        (await ListAsync("none/")).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(OddKeys))]
    public async Task Key_OddCharacters_AreWrittenListedReadAndRemoved(string key)
    {
        await Store.PutAsync(key, s_abc, Durability.Durable, default);
        (await Store.GetAsync(key, default)).ShouldBe(s_abc);
        (await Store.PutIfAbsentAsync(key, default, default)).ShouldBeFalse();
        (await Store.PutIfAbsentAsync(key + "2", s_abc, default)).ShouldBeTrue();
        (await ListAsync("k/")).ShouldBe([key, key + "2"]);
        using (await Store.MakeReadableAsync([Of(key, s_abc)], default))
        {
            (await File.ReadAllBytesAsync(Store.ReadablePath(key))).ShouldBe(s_abc);
        }

        await Store.DeleteAsync(key, default);
        (await ListAsync("k/")).ShouldBe([key + "2"]);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("a/")]
    [InlineData("")]
    [InlineData("a/.tmp-x")]
    [InlineData("a\0b")]
    public async Task Key_ThatIsNone_IsRefusedByEveryCall(string key)
    {
        await Should.ThrowAsync<ArgumentException>(async () => await Store.GetAsync(key, default));
        await Should.ThrowAsync<ArgumentException>(async () => await Store.GetRangeAsync(key, 0, 1, default));
        await Should.ThrowAsync<ArgumentException>(async () =>
            await Store.PutAsync(key, s_abc, Durability.Durable, default)
        );
        await Should.ThrowAsync<ArgumentException>(async () => await Store.PutIfAbsentAsync(key, s_abc, default));
        await Should.ThrowAsync<ArgumentException>(async () => await Store.DeleteAsync(key, default));
    }

    [Fact]
    public async Task Publish_FilesSmallAndLarge_MovesThemAll()
    {
        var folder = Directory.CreateTempSubdirectory("tidemark-publish-").FullName;
        try
        {
            var large = new byte[LargeBytes];
            new Random(3).NextBytes(large);
            byte[][] contents =
            [
                [],
                s_abc,
                large,
            ];
            var files = contents
                .Select(
                    (c, i) => new PublishedFile(Path.Combine(folder, $"f{i}"), $"ods/t/dt=2022-06-0{i + 1}/part-{i}")
                )
                .ToArray();
            for (var i = 0; i < files.Length; i++)
            {
                await File.WriteAllBytesAsync(files[i].LocalPath, contents[i]);
            }

            await Store.PublishAsync(files, default);

            Directory.GetFiles(folder).ShouldBeEmpty();
            for (var i = 0; i < files.Length; i++)
            {
                (await Store.GetAsync(files[i].Key, default))!.AsSpan().SequenceEqual(contents[i]).ShouldBeTrue();
            }

            (await Store.GetRangeAsync(files[2].Key, LargeBytes - 7, 100, default)).ShouldBe(large[^7..]);
            using (await Store.MakeReadableAsync([Of(files[2].Key, large)], default))
            {
                (await File.ReadAllBytesAsync(Store.ReadablePath(files[2].Key)))
                    .AsSpan()
                    .SequenceEqual(large)
                    .ShouldBeTrue();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Publish_LocalFileThatIsGone_SaysWhich()
    {
        var path = Path.Combine(Path.GetTempPath(), "tidemark-no-such-file");
        var error = await Should.ThrowAsync<Exception>(() =>
            Store.PublishAsync([new PublishedFile(path, "a/b")], default)
        );
        error.Message.ShouldContain("no-such-file");
        (await Store.GetAsync("a/b", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Calls_CancelledBefore_DoNothing()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await Store.GetAsync("a/b", stopped.Token));
        await Should.ThrowAsync<OperationCanceledException>(async () =>
            await Store.PutAsync("a/b", s_abc, Durability.Durable, stopped.Token)
        );
        await Should.ThrowAsync<OperationCanceledException>(async () =>
            await Store.PutIfAbsentAsync("a/b", s_abc, stopped.Token)
        );
        await Should.ThrowAsync<OperationCanceledException>(async () => await Store.DeleteAsync("a/b", stopped.Token));
        (await Store.GetAsync("a/b", default)).ShouldBeNull();
    }

    [Fact]
    public async Task MakeReadable_ObjectThatIsNotAsTheLogSays_IsRefusedByName()
    {
        if (!Store.IsRemote)
        {
            return; // there the object is the file itself: nothing is copied, and so nothing is looked at
        }

        await Store.PutAsync("t/wrong", s_abc, Durability.Durable, default);
        await Store.PutAsync("t/short", s_abc, Durability.Durable, default);
        ImmutableObject[] bad =
        [
            Of("t/wrong", "xyz"u8.ToArray()),
            Of("t/short", "abcd"u8.ToArray()),
            new("t/absent", 3, null),
        ];
        foreach (var wanted in bad)
        {
            var error = await Should.ThrowAsync<TidemarkException>(() => Store.MakeReadableAsync([wanted], default));
            error.Kind.ShouldBe(ErrorKind.Storage);
            error.Code.ShouldBe(wanted.Key == "t/absent" ? "OBJECT_MISSING" : "OBJECT_DAMAGED");
            error.Message.ShouldContain(wanted.Key);
            File.Exists(Store.ReadablePath(wanted.Key)).ShouldBeFalse();
        }
    }

    protected static ImmutableObject Of(string key, byte[] content) =>
        new(key, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));

    protected async Task<List<string>> ListAsync(string prefix, string? after = null)
    {
        var keys = new List<string>();
        await foreach (var entry in Store.ListAsync(prefix, after, default))
        {
            keys.Add(entry.Key);
        }

        return keys;
    }
}
