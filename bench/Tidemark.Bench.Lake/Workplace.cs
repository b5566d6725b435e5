using System.Diagnostics;
using Tidemark.Core;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Engine;

namespace Tidemark.Bench.Lake;

/// <summary>A folder with a lake in it and an engine of the default size; gone with the figure.</summary>
internal sealed class Workplace : IDisposable
{
    private readonly LakeEngine _engine;

    private readonly string _lake;

    /// <param name="memory">What the engine may use.</param>
    public Workplace(string memory = "70%")
        : this(null, memory) { }

    /// <param name="lake">A lake that is there already.</param>
    /// <param name="memory">What the engine may use.</param>
    public Workplace(string? lake, string memory)
    {
        Folder = Directory.CreateTempSubdirectory("tidemark-bench-lake-").FullName;
        _lake = lake ?? At("lake");
        _engine = new LakeEngine(new EngineOptions(0, memory), At("spill"));
        Lake = Open();
        Directory.CreateDirectory(At("raw"));
    }

    public string Folder { get; }

    public DataLake Lake { get; }

    /// <summary>The lake as a process sees it that has just begun.</summary>
    public DataLake Open() => DataLake.OnDisk(_lake, _engine, TimeProvider.System, new SystemIdSource());

    public LakeEngine Engine => _engine;

    public DuckDbConnection Connect() => _engine.Connect();

    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>What was written before is not to be flushed on somebody's time.</summary>
    public static void Settle()
    {
        using var sync = Process.Start("sync");
        sync.WaitForExit();
    }

    public void Dispose()
    {
        _engine.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
