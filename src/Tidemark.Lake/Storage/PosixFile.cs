using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Tidemark.Lake.Storage;

/// <summary>
/// The file system calls that .NET lacks: a link that refuses to replace, fsync of a folder, and a rename that never
/// copies.
/// </summary>
internal static partial class PosixFile
{
    private const int FileExists = 17; // EEXIST, the same on Linux and macOS
    private const int OtherDevice = 18; // EXDEV, likewise

    /// <summary>Gives <paramref name="source"/> a second name; false when the name is taken.</summary>
    public static bool TryLink(string source, string destination)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                File.Move(source, destination, overwrite: false);
                return true;
            }
            catch (IOException) when (File.Exists(destination))
            {
                return false;
            }
        }

        if (Link(source, destination) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == FileExists
            ? false
            : throw new IOException($"link {source} → {destination}: {new Win32Exception(error).Message}");
    }

    /// <summary>
    /// Renames a file, replacing a file that has the name; false when the name is on another file system.
    /// </summary>
    public static bool TryRename(string source, string destination)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (Rename(source, destination) == 0)
            {
                return true;
            }

            if (Marshal.GetLastPInvokeError() == OtherDevice)
            {
                return false;
            }
        }

        // Also when the rename failed: this throws .NET's own error.
        File.Move(source, destination, overwrite: true);
        return true;
    }

    /// <summary>The path without links; null when it leads nowhere.</summary>
    public static string? RealPath(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.Exists(path) ? Path.GetFullPath(path) : null;
        }

        var resolved = ResolvePath(path, 0);
        if (resolved == 0)
        {
            return null;
        }

        try
        {
            return Marshal.PtrToStringUTF8(resolved);
        }
        finally
        {
            Free(resolved);
        }
    }

    /// <summary>Sets a file's time of writing to now.</summary>
    public static void Stamp(string path)
    {
        if (!OperatingSystem.IsWindows() && Utimes(path, 0) != 0)
        {
            throw new IOException($"utimes {path}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }
    }

    /// <summary>Makes the names in a folder survive a loss of power.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // NTFS journals names; a folder handle cannot be flushed.
        }

        using var handle = new FolderHandle(folder);
        if (Fsync(handle.Descriptor) != 0)
        {
            throw new IOException($"fsync {folder}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string source, string destination);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string source, string destination);

    [LibraryImport("libc", EntryPoint = "utimes", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Utimes(string path, nint now);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ResolvePath(string path, nint buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint memory);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    private readonly ref struct FolderHandle
    {
        public FolderHandle(string folder)
        {
            Descriptor = Open(folder, 0);
            if (Descriptor < 0)
            {
                throw new IOException($"open {folder}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
            }
        }

        public int Descriptor { get; }

        public void Dispose() => _ = Close(Descriptor);
    }
}
