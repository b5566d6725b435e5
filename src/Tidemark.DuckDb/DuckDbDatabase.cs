using Tidemark.DuckDb.Native;

namespace Tidemark.DuckDb;

/// <summary>A DuckDB database: a file or memory. Thread-safe; open one per process and connect as often as needed.</summary>
public sealed class DuckDbDatabase : IDisposable
{
    /// <summary>The path of a database that lives in memory only.</summary>
    public const string InMemory = ":memory:";

    private readonly DatabaseHandle _handle;

    private DuckDbDatabase(DatabaseHandle handle, string path)
    {
        _handle = handle;
        Path = path;
    }

    /// <summary>The version of the loaded libduckdb, for example <c>v1.5.6</c>.</summary>
    public static string EngineVersion => NativeMethods.Text(NativeMethods.LibraryVersion());

    public string Path { get; }

    /// <summary>Opens or creates a database. Throws <see cref="DuckDbException"/> when the file is locked, foreign or newer.</summary>
    public static DuckDbDatabase Open(string path = InMemory, DuckDbSettings? settings = null)
    {
        if (NativeMethods.CreateConfig(out var config) != NativeMethods.Success)
        {
            throw new DuckDbException("DuckDB could not allocate a configuration");
        }

        try
        {
            settings ??= new DuckDbSettings();
            foreach (var (name, value) in settings.Options())
            {
                if (NativeMethods.SetConfig(config, name, value) != NativeMethods.Success)
                {
                    throw new DuckDbException($"DuckDB refuses the setting {name} = '{value}'");
                }
            }

            var state = NativeMethods.OpenExt(path, out var pointer, config, out var error);
            if (state != NativeMethods.Success)
            {
                throw new DuckDbException($"Opening {path}: {NativeMethods.TakeText(error)}");
            }

            var handle = new DatabaseHandle();
            handle.Adopt(pointer);
            return new DuckDbDatabase(handle, path);
        }
        finally
        {
            NativeMethods.DestroyConfig(ref config);
        }
    }

    /// <summary>A new connection; it keeps the database open until it is disposed.</summary>
    public DuckDbConnection Connect()
    {
        if (NativeMethods.Connect(_handle, out var pointer) != NativeMethods.Success)
        {
            throw new DuckDbException($"Connecting to {Path} failed");
        }

        var handle = new ConnectionHandle();
        handle.Adopt(pointer, _handle);
        return new DuckDbConnection(handle);
    }

    public void Dispose() => _handle.Dispose();
}
