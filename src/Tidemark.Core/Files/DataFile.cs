using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tidemark.Core.Files;

/// <summary>A pipe, a socket or a device stands where a file was looked for.</summary>
public sealed class NotAFileException(string path)
    : IOException($"'{path}' is a pipe or a device, not a file: put the file back, or remove it.");

/// <summary>
/// Tells files from what only has a file's name. Opening a pipe waits for whoever writes into it, in DuckDB and in .NET
/// alike, and nothing ends that wait: a path that comes from outside is asked about before it is opened. What is read
/// goes through here; <c>BannedSymbols.Reads.txt</c> sees to it.
/// </summary>
[SuppressMessage("ApiDesign", "RS0030", Justification = "This is where files are read, after they were asked about.")]
public static partial class DataFile
{
    private const int WriteOnly = 1;
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

    /// <summary>The whole text of a file.</summary>
    /// <exception cref="NotAFileException">It is none.</exception>
    public static string ReadText(string path)
    {
        Ensure(path);
        return File.ReadAllText(path);
    }

    /// <summary>The lines of a file, one after the other.</summary>
    /// <exception cref="NotAFileException">It is none.</exception>
    public static IEnumerable<string> ReadLines(string path)
    {
        Ensure(path);
        return File.ReadLines(path);
    }

    /// <summary>All bytes of a file.</summary>
    /// <exception cref="NotAFileException">It is none.</exception>
    public static byte[] ReadBytes(string path)
    {
        Ensure(path);
        return File.ReadAllBytes(path);
    }

    /// <summary>A file, open for reading.</summary>
    /// <exception cref="NotAFileException">It is none.</exception>
    public static FileStream OpenRead(string path)
    {
        Ensure(path);
        return File.OpenRead(path);
    }

    /// <summary>The same without a stream.</summary>
    /// <exception cref="NotAFileException">It is none.</exception>
    public static SafeFileHandle OpenHandle(string path, FileOptions options = FileOptions.None)
    {
        Ensure(path);
        return File.OpenHandle(path, options: options);
    }

    /// <summary>
    /// Whether a pipe, a socket or a device stands at the path. False for files, for folders, and where nothing is.
    /// </summary>
    public static bool IsPipeOrDevice(string path)
    {
        if (OperatingSystem.IsWindows() || !MayBe(new FileInfo(path)))
        {
            return false;
        }

        using var handle = Open(path, NonBlocking);
        if (handle.IsInvalid)
        {
            return false; // opening it says why it cannot be opened
        }

        try
        {
            using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
            // Some devices let themselves be sought in: they give bytes where a file of their length has none.
            return !stream.CanSeek || (stream.Length == 0 && stream.ReadByte() >= 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return true;
        }
    }

    /// <summary>
    /// Lets go who waits for a pipe to be written: it is opened for writing and closed, and nothing is written. He then
    /// finds the pipe empty. Does nothing where nobody waits.
    /// </summary>
    public static void LetGo(string pipe)
    {
        if (!OperatingSystem.IsWindows())
        {
            Open(pipe, WriteOnly | NonBlocking).Dispose();
        }
    }

    private static int NonBlocking =>
        OperatingSystem.IsMacOS() ? MacNonBlocking | MacCloseOnExec : LinuxNonBlocking | LinuxCloseOnExec;

    // Those have no length. Of a link the system tells the link's own, so it is asked about what it leads to.
    private static bool MayBe(FileInfo file) =>
        file.Exists && (file.Length == 0 || file.Attributes.HasFlag(FileAttributes.ReparsePoint));

    // Without waiting for the other end. (Without flags for writing it is for reading alone.)
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
