using Tidemark.Control.Settings;
using Tidemark.Core.Errors;
using Tidemark.Testing;

namespace Tidemark.Control.Tests;

/// <summary>Reading the control database needs no right to write, wherever it lies.</summary>
public sealed class ReadOnlyTests
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    public static TheoryData<string> Folders { get; } =
        new(
            "plain",
            "market=cn",
            "[a]*?",
            "'quoted' \"twice\"",
            "100% # & ; = , |",
            "a%20b?mode=memory",
            "中文 空格",
            "back\\slash",
            "line\nbreak"
        );

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task Open_FolderOfAnyName_KeepsWhatIsWritten(string name)
    {
        var above = Directory.CreateTempSubdirectory("tidemark-control-");
        try
        {
            var file = Path.Combine(above.FullName, name, "control.db");
            await using (var database = await ControlDatabase.OpenAsync(file, TimeProvider.System, s_none))
            {
                await WriteAsync(database);
                database.IsReadOnly.ShouldBeFalse();
            }

            File.Exists(file).ShouldBeTrue();
            await using var again = await ControlDatabase.OpenAsync(file, TimeProvider.System, s_none);
            (await ReadAsync(again)).ShouldBe("v");
        }
        finally
        {
            above.Delete(recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task Open_DiskThatMayOnlyBeRead_AnswersAndRefusesToWrite(string name)
    {
        using var disk = SmallDisk.TryMount("8m");
        Assert.SkipWhen(disk is null, "mounting a small tmpfs needs root");
        var file = Path.Combine(disk.Folder, name, "control.db");
        await using (var database = await ControlDatabase.OpenAsync(file, TimeProvider.System, s_none))
        {
            await WriteAsync(database);
        }

        disk.MakeReadOnly();
        await using var read = await ControlDatabase.OpenAsync(file, TimeProvider.System, s_none);

        read.IsReadOnly.ShouldBeTrue();
        (await ReadAsync(read)).ShouldBe("v");
        (await Should.ThrowAsync<TidemarkException>(() => WriteAsync(read))).Code.ShouldBe("CONTROL_READ_ONLY");
    }

    [Fact]
    public async Task Open_ReadOnlyDiskWithALogThatIsNotInTheFileYet_ReadsTheLogToo()
    {
        using var disk = SmallDisk.TryMount("8m");
        Assert.SkipWhen(disk is null, "mounting a small tmpfs needs root");
        var live = Path.Combine(disk.Folder, "live", "control.db");
        var copy = Directory.CreateDirectory(Path.Combine(disk.Folder, "copy")).FullName;
        await using (var database = await ControlDatabase.OpenAsync(live, TimeProvider.System, s_none))
        {
            await WriteAsync(database);
            foreach (var part in Directory.GetFiles(Path.GetDirectoryName(live)!))
            {
                File.Copy(part, Path.Combine(copy, Path.GetFileName(part))); // as a snapshot of the disk has it
            }
        }

        new FileInfo(Path.Combine(copy, "control.db-wal")).Length.ShouldBeGreaterThan(0);
        disk.MakeReadOnly();
        await using var read = await ControlDatabase.OpenAsync(
            Path.Combine(copy, "control.db"),
            TimeProvider.System,
            s_none
        );

        (await ReadAsync(read)).ShouldBe("v");
    }

    [Fact]
    public async Task Open_NoDatabaseOnAReadOnlyDisk_IsAnError()
    {
        using var disk = SmallDisk.TryMount("8m");
        Assert.SkipWhen(disk is null, "mounting a small tmpfs needs root");
        disk.MakeReadOnly();

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            ControlDatabase.OpenAsync(Path.Combine(disk.Folder, "control.db"), TimeProvider.System, s_none)
        );

        error.Code.ShouldBe("CONTROL_UNREADABLE");
    }

    private static Task WriteAsync(ControlDatabase database) =>
        new MarketMeta(database).SetAsync(new Dictionary<string, string> { ["k"] = "v" }, s_none);

    private static async Task<string?> ReadAsync(ControlDatabase database) =>
        (await new MarketMeta(database).ListAsync(s_none)).Single(e => e.Key == "k").Value;
}
