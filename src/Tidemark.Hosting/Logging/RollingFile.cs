using System.Globalization;
using System.Text;
using Tidemark.Core.Files;

namespace Tidemark.Hosting.Logging;

/// <summary>
/// A log file that is limited in size, with a limited number of earlier files. Several processes may use the same name:
/// the first to write has <c>name.log</c>, one that writes at the same time <c>name-2.log</c>, and so on, so that lines
/// do not mix and no process renames another's file. A lock marks a name as taken; it ends with its process, however
/// that ends.
/// </summary>
/// <remarks>
/// <code>
/// tidemark.log  tidemark.1.log  tidemark.2.log …     the first process: newest file first
/// tidemark-2.log  tidemark-2.1.log …                 a second one at the same time
/// </code>
/// Not thread-safe.
/// </remarks>
internal sealed class RollingFile(string path, long bytesMax, int filesMax, Action<string> onFailure) : ILogTarget
{
    private const int SlotsMax = 16;

    private readonly string _stem = Path.ChangeExtension(path, null);
    private readonly string _extension = Path.GetExtension(path);
    private FileStream? _lock;
    private FileStream? _file;
    private int _slot;
    private bool _isBroken;

    public void Write(string line)
    {
        if (_isBroken)
        {
            return;
        }

        try
        {
            var bytes = Encoding.UTF8.GetBytes(line + "\n");
            var file = _file ??= Open();
            if (file.Length > 0 && file.Length + bytes.Length > bytesMax)
            {
                file = Roll();
            }

            file.Write(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            _isBroken = true;
            onFailure($"The log {path} cannot be written, and is not: {e.Message}");
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _lock?.Dispose();
    }

    private FileStream Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        EnsureFile(path); // before the lock, which would be left beside what is none
        _lock ??= Claim();
        EnsureFile(NameOf(0));

        var file = new FileStream(
            NameOf(0),
            FileMode.OpenOrCreate,
            FileAccess.ReadWrite,
            FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 0
        );
        EndLine(file);
        return file;
    }

    // On a disk that was full, the last line of an earlier process may be half a line.
    private static void EndLine(FileStream file)
    {
        file.Seek(file.Length > 0 ? -1 : 0, SeekOrigin.End);
        if (file.Length > 0 && file.ReadByte() != '\n')
        {
            file.Write("\n"u8);
        }
    }

    private static void EnsureFile(string path)
    {
        if (Directory.Exists(path) || DataFile.IsPipeOrDevice(path))
        {
            throw new IOException("It is a folder, a pipe or a device.");
        }
    }

    /// <summary>Takes the first name that no running process has.</summary>
    private FileStream Claim()
    {
        for (_slot = 1; ; _slot++)
        {
            try
            {
                return new FileStream(
                    NameOf(0) + ".lock",
                    FileMode.OpenOrCreate,
                    FileAccess.ReadWrite,
                    FileShare.None,
                    bufferSize: 0
                );
            }
            catch (IOException) when (_slot < SlotsMax && File.Exists(NameOf(0) + ".lock"))
            {
                // Another process has this name.
            }
        }
    }

    private FileStream Roll()
    {
        _file!.Dispose();
        _file = null;
        for (var age = filesMax; File.Exists(NameOf(age)); age++)
        {
            File.Delete(NameOf(age)); // of a time when more were kept
        }

        File.Delete(NameOf(filesMax - 1));
        for (var age = filesMax - 1; age > 0; age--)
        {
            if (File.Exists(NameOf(age - 1)))
            {
                File.Move(NameOf(age - 1), NameOf(age), overwrite: true);
            }
        }

        return _file = Open();
    }

    private string NameOf(int age) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{_stem}{(_slot > 1 ? $"-{_slot}" : "")}{(age > 0 ? $".{age}" : "")}{_extension}"
        );
}
