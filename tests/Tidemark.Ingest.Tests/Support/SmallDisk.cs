using System.Diagnostics;

namespace Tidemark.Ingest.Tests.Support;

/// <summary>A tmpfs of a given size; the test is skipped where mounting is not allowed.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const string Filler = "filler";

    public string Folder { get; } = Directory.CreateTempSubdirectory("tidemark-disk-").FullName;

    public static SmallDisk Mount(string size)
    {
        var disk = new SmallDisk();
        if (Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", disk.Folder) != 0)
        {
            Directory.Delete(disk.Folder);
            Assert.Skip("mounting a small tmpfs needs root");
        }

        return disk;
    }

    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", Folder).ShouldBe(0);

    public void MakeWritable() => Run("mount", "-o", "remount,rw", Folder).ShouldBe(0);

    /// <summary>Leaves so many bytes, rounded down to pages.</summary>
    public void FillBut(int bytes)
    {
        using var file = File.Create(Path.Combine(Folder, Filler));
        var free = new DriveInfo(Folder).AvailableFreeSpace - bytes;
        file.Write(new byte[free / 4096 * 4096]);
    }

    public void Free() => File.Delete(Path.Combine(Folder, Filler));

    public void Dispose()
    {
        Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false }
            )!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
