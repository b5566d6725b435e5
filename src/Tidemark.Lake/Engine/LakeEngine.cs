using Tidemark.DuckDb;
using Tidemark.Lake.Parquet;

namespace Tidemark.Lake.Engine;

/// <summary>How much of the machine the lake's engine may use, and where it may spill.</summary>
/// <param name="Threads">0 means one per core.</param>
/// <param name="Memory">For example <c>70%</c> or <c>512MB</c>.</param>
/// <param name="Codec">How files with new rows are compressed. Standing files may have any codec.</param>
public sealed record EngineOptions(int Threads = 0, string? Memory = "70%", ParquetCodec Codec = ParquetCodec.Snappy);

/// <summary>
/// The process's DuckDB, in memory: rows are staged in it and written from it. It spills into a private folder, which
/// it removes at the end. Opened at the first use, so that commands that need no SQL never load it. Thread-safe.
/// </summary>
public sealed class LakeEngine : IDisposable
{
    // A careless join must not fill the disk that the lake is on.
    private const string QuerySpillLimit = "16GiB";

    private readonly Lazy<DuckDbDatabase> _database;
    private readonly Lazy<SpillFolder?> _spill;
    private readonly Lazy<ChunkSourceFunction> _rows;
    private readonly Lazy<RowTallyFunction> _tallies;
    private readonly EngineOptions _options;
    private readonly string _spillFolder;
    private long _names;

    /// <param name="options">Limits.</param>
    /// <param name="spillFolder">A folder that is this process's own; made when needed, removed at the end.</param>
    public LakeEngine(EngineOptions options, string spillFolder)
    {
        _options = options;
        _spillFolder = spillFolder;
        _spill = new Lazy<SpillFolder?>(() => SpillFolder.TryMake(spillFolder));
        _database = new Lazy<DuckDbDatabase>(() =>
        {
            SweepSpilled();
            return Open(options, _spill.Value?.Path);
        });
        _rows = new Lazy<ChunkSourceFunction>(() =>
        {
            using var connection = Connect();
            return new ChunkSourceFunction(connection);
        });
        _tallies = new Lazy<RowTallyFunction>(() =>
        {
            using var connection = Connect();
            return new RowTallyFunction(connection);
        });
    }

    /// <summary>
    /// The same limits for a database that is opened beside the engine (the catalog); it spills into a folder of its
    /// own.
    /// </summary>
    public DuckDbSettings ReaderSettings =>
        new(
            _options.Threads,
            _options.Memory,
            _spill.Value is { } spill ? Path.Combine(spill.Path, "catalog") : null,
            QuerySpillLimit
        );

    /// <summary>How the files of new rows are compressed.</summary>
    public ParquetCodec Codec => _options.Codec;

    /// <summary>Lets the engine's queries read rows in .NET's memory.</summary>
    public ChunkSourceFunction Rows => _rows.Value;

    /// <summary>Counts the rows that the engine's statements read.</summary>
    public RowTallyFunction Tallies => _tallies.Value;

    public DuckDbConnection Connect() => _database.Value.Connect();

    /// <summary>A name that nothing else in this engine has.</summary>
    public string UniqueName(string stem) => $"{stem}_{Interlocked.Increment(ref _names)}";

    /// <summary>
    /// Makes a folder for files that a statement reads or writes. If this process is killed, the next one removes it.
    /// </summary>
    internal string MakeScratchFolder(string stem) =>
        Directory.CreateDirectory(Path.Combine(_spill.Value?.Path ?? Path.GetTempPath(), UniqueName(stem))).FullName;

    /// <summary>Removes the spill folders that killed processes left beside this one's; returns the folders.</summary>
    internal IReadOnlyList<string> SweepSpilled() =>
        Path.GetDirectoryName(Path.GetFullPath(_spillFolder)) is { } folder ? SpillFolder.Sweep(folder) : [];

    public void Dispose()
    {
        if (_database.IsValueCreated)
        {
            _database.Value.Dispose();
        }

        if (_rows.IsValueCreated)
        {
            _rows.Value.Dispose();
        }

        if (_tallies.IsValueCreated)
        {
            _tallies.Value.Dispose();
        }

        if (_spill.IsValueCreated)
        {
            _spill.Value?.Dispose();
        }
    }

    private static DuckDbDatabase Open(EngineOptions options, string? spillFolder)
    {
        var database = DuckDbDatabase.Open(
            DuckDbDatabase.InMemory,
            new DuckDbSettings(options.Threads, options.Memory, spillFolder)
        );
        using var connection = database.Connect();
        connection.Execute(
            "SET preserve_insertion_order = false; SET TimeZone = 'UTC'; SET enable_progress_bar = false"
        );

        // The engine must write one file per partition, however many partitions a batch has.
        connection.Execute(
            "SET partitioned_write_max_open_files = 4096; SET partitioned_write_flush_threshold = 10000000"
        );
        return database;
    }
}
