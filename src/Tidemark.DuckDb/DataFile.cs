using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tidemark.DuckDb;

/// <summary>A pipe, a socket or a device stands where a file was looked for.</summary>
public sealed class NotAFileException(string path) : IOException($"'{path}' is a pipe or a device, no file.");

/// <summary>
/// Tells files from what only has a file's name. Opening a pipe waits for whoever writes into it, in DuckDB and in .NET alike, and nothing ends
/// that wait: a path that comes from outside is asked about before it is opened.
/// </summary>
public static partial class DataFile
{
    private const int LinuxNonBlocking = 0x800;
    private const int LinuxCloseOnExec = 0x80000;
    private const int MacNonBlocking = 0x4;
    private const int MacCloseOnExec = 0x1000000;

    /// <summary>Refuses a path at which a pipe, a socket or a device stands.</summary>
    /// <exception cref="NotAFileException">It does.</exception>
    public static void Ensure(string path)
    {
        if (IsPipeOrDevice(path))
        {
            throw new NotAFileException(path);
        }
    }

    /// <summary>Whether a pipe, a socket or a device stands at the path. False for files, for folders, and where nothing is.</summary>
    public static bool IsPipeOrDevice(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path))
        {
            return false;
        }

        var flags = OperatingSystem.IsMacOS() ? MacNonBlocking | MacCloseOnExec : LinuxNonBlocking | LinuxCloseOnExec;
        using var handle = Open(path, flags);
        if (handle.IsInvalid)
        {
            return false; // whoever opens it says why it cannot be
        }

        try
        {
            using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
            return !stream.CanSeek;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return true;
        }
    }

    // Reading alone, and without waiting for a writer.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
