using System.Diagnostics;

namespace Tidemark.Testing;

/// <summary>A real file system of a given size (tmpfs), to fill up or make read-only.</summary>
public sealed class SmallDisk : IDisposable
{
    private const string Filler = "filler";

    private SmallDisk() { }

    public string Folder { get; } = Directory.CreateTempSubdirectory("tidemark-disk-").FullName;

    /// <param name="size">As mount takes it, for example <c>4m</c>.</param>
    /// <returns>Null where mounting is not allowed; then skip the test.</returns>
    public static SmallDisk? TryMount(string size)
    {
        var disk = new SmallDisk();
        if (Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", disk.Folder) != 0)
        {
            Directory.Delete(disk.Folder);
            return null;
        }

        return disk;
    }

    public void MakeReadOnly() => Remount("ro");

    public void MakeWritable() => Remount("rw");

    /// <summary>Fills the disk but for this many bytes, rounded down to pages.</summary>
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

    private void Remount(string mode)
    {
        if (Run("mount", "-o", $"remount,{mode}", Folder) != 0)
        {
            throw new InvalidOperationException($"{Folder} could not be remounted {mode}");
        }
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
