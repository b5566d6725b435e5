using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Tidemark.DuckDb;

namespace Tidemark.Bench.Lake;

/// <summary>
/// The least that a durable commit by way of DuckDB takes: its COPY into the partition's folder, the SHA-256 of the
/// file, and the fsyncs without which a loss of power could take it (the file, the folder of its name, the log's
/// entry, the log's folder). No statistics, no check for other writers, no markers.
/// </summary>
internal sealed partial class Floor
{
    private readonly DuckDbConnection _connection;
    private readonly string _table;
    private readonly string _log;

    public Floor(DuckDbConnection connection, string folder)
    {
        _connection = connection;
        _table = folder;
        _log = Path.Combine(folder, "_log");
        Directory.CreateDirectory(_log);
    }

    /// <summary>Commits the rows of a table of the engine as a version.</summary>
    public void Commit(int version, string source)
    {
        var folder = Path.Combine(_table, $"dt={version}");
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "part.parquet");
        Copy(_connection, source, path);
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.FlushToDisk(file);
        }

        FlushFolder(folder);
        using var stream = File.OpenRead(path);
        var entry =
            $"{{\"add\":{{\"path\":\"{path}\",\"sha256\":\"{Convert.ToHexString(SHA256.HashData(stream))}\"}}}}\n";
        using (var log = File.OpenHandle(Path.Combine(_log, $"{version}.json"), FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(log, Encoding.UTF8.GetBytes(entry), 0);
            RandomAccess.FlushToDisk(log);
        }

        FlushFolder(_log);
    }

    /// <summary>DuckDB's own file of the same rows.</summary>
    public static void Copy(DuckDbConnection connection, string source, string path) =>
        connection.Execute(
            $"COPY (SELECT * FROM {source}) TO {DuckDbSql.Literal(path)} (FORMAT parquet, COMPRESSION snappy)"
        );

    private static void FlushFolder(string folder)
    {
        var descriptor = Open(folder, 0);
        try
        {
            if (descriptor < 0 || Fsync(descriptor) != 0)
            {
                throw new IOException($"fsync {folder}: error {Marshal.GetLastPInvokeError()}");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
