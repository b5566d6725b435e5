using System.Reflection;
using DuckDB.NET.Native;

namespace Tidemark.DuckDb;

/// <summary>
/// A DuckDB database: a file or memory. Thread-safe; open one per process and connect as often as needed.
/// </summary>
public sealed class DuckDbDatabase : IDisposable
{
    /// <summary>The path of a database that lives in memory only.</summary>
    public const string InMemory = ":memory:";

    private readonly DuckDBDatabase _handle;

    private DuckDbDatabase(DuckDBDatabase handle, string path)
    {
        _handle = handle;
        Path = path;
    }

    /// <summary>The version of the loaded libduckdb, for example <c>v1.5.6</c>.</summary>
    public static string EngineVersion => NativeMethods.Startup.DuckDBLibraryVersion();

    /// <summary>The same of the package that brings it, without loading it: another engine has another one.</summary>
    public static string PackageVersion { get; } =
        typeof(DuckDBDatabase)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion;

    public string Path { get; }

    /// <summary>
    /// Opens or creates a database. Throws <see cref="DuckDbException"/> when the file is locked, foreign or newer.
    /// </summary>
    public static DuckDbDatabase Open(string path = InMemory, DuckDbSettings? settings = null)
    {
        if (!NativeMethods.Configuration.DuckDBCreateConfig(out var config).IsSuccess())
        {
            throw new DuckDbException("DuckDB could not allocate a configuration");
        }

        using (config)
        {
            settings ??= new DuckDbSettings();
            foreach (var (name, value) in settings.Options())
            {
                if (!NativeMethods.Configuration.DuckDBSetConfig(config, name, value).IsSuccess())
                {
                    throw new DuckDbException($"DuckDB refuses the setting {name} = '{value}'");
                }
            }

            if (!NativeMethods.Startup.DuckDBOpen(path, out var handle, config, out var error).IsSuccess())
            {
                handle.Dispose();
                throw new DuckDbException($"Opening {path}: {error}");
            }

            return new DuckDbDatabase(handle, path);
        }
    }

    /// <summary>A new connection; it keeps the database open until it is disposed.</summary>
    public DuckDbConnection Connect()
    {
        if (!NativeMethods.Startup.DuckDBConnect(_handle, out var handle).IsSuccess())
        {
            handle.Dispose();
            throw new DuckDbException($"Connecting to {Path} failed");
        }

        return new DuckDbConnection(handle);
    }

    public void Dispose() => _handle.Dispose();
}
