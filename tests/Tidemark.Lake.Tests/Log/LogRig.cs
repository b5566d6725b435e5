using System.Globalization;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Log;

/// <summary>A log in a temporary folder whose entries are written by hand.</summary>
internal sealed class LogRig : IDisposable
{
    public const string Schema =
        """{"type":"struct","fields":[{"name":"code","type":"string","nullable":true,"metadata":{}},{"name":"dt","type":"date","nullable":true,"metadata":{}}]}""";

    public static readonly TableId Table = new("ods", "ods_log");

    public LogRig(Func<IObjectStore, IObjectStore>? around = null)
    {
        Folder = Directory.CreateTempSubdirectory("tidemark-log-").FullName;
        Engine = new LakeEngine(
            new EngineOptions(2, "1GB"),
            Path.Combine(Path.GetTempPath(), $"tidemark-spill-{Path.GetFileName(Folder)}")
        );
        IObjectStore store = new LocalObjectStore(Folder);
        Store = around is null ? store : around(store);
        Staging = new StagingArea(Path.Combine(Folder, "_staging"));
    }

    public string Folder { get; }

    public LakeEngine Engine { get; }

    public IObjectStore Store { get; }

    public StagingArea Staging { get; }

    public HandClock Clock { get; } = new();

    public string LogFolder => Path.Combine(Folder, "ods/ods_log/_delta_log");

    public static AddAction Add(string name, long rows = 1, string? unit = null) =>
        new(
            $"dt=2022-06-01/{name}.parquet",
            new Dictionary<string, string?> { ["dt"] = "2022-06-01" },
            100,
            1_654_041_600_000,
            true,
            $$"""{"numRecords":{{rows.ToString(CultureInfo.InvariantCulture)}}}""",
            new Dictionary<string, string> { ["unit"] = unit ?? name, ["run"] = "r" }
        );

    public static RemoveAction Remove(string name, long deleted = 1_654_041_600_000) =>
        new($"dt=2022-06-01/{name}.parquet", deleted, true, true, new Dictionary<string, string?>(), 100);

    public static DeltaLine Protocol(int reader = 1, int writer = 2) =>
        new() { Protocol = new ProtocolAction(reader, writer) };

    public static DeltaLine Metadata(string schema = Schema, params (string Name, string Value)[] properties) =>
        new()
        {
            MetaData = new MetadataAction(
                "4f1c0a52-0a0e-4a54-9f5c-1d1c6b1f0001",
                "ods.ods_log",
                null,
                new FormatSpec("parquet", new Dictionary<string, string>()),
                schema,
                ["dt"],
                0,
                properties.ToDictionary(p => p.Name, p => p.Value).Append(new("tidemark.key", "code")).ToDictionary()
            ),
        };

    public static DeltaLine Commit(long timestamp) =>
        new()
        {
            CommitInfo = new CommitInfoAction { Timestamp = timestamp, Operation = "TEST" },
        };

    /// <summary>The same log as a process sees it that has just begun.</summary>
    public TableLog NewLog() => new(Table, Store, Engine, Staging, Clock);

    public string EntryPath(long version) =>
        Path.Combine(LogFolder, $"{version.ToString("D20", CultureInfo.InvariantCulture)}.json");

    public string CheckpointPath(long version) =>
        Path.Combine(LogFolder, $"{version.ToString("D20", CultureInfo.InvariantCulture)}.checkpoint.parquet");

    public string HintPath => Path.Combine(LogFolder, "_last_checkpoint");

    public void Write(long version, params IEnumerable<DeltaLine> lines)
    {
        Directory.CreateDirectory(LogFolder);
        File.WriteAllBytes(EntryPath(version), DeltaLog.Write([.. lines]));
    }

    /// <summary>Entries 0 … last, each adding the file <c>f{version}</c>.</summary>
    public void WriteAdds(long last)
    {
        Write(0, Commit(1_000), Protocol(), Metadata(), new DeltaLine { Add = Add("f0") });
        for (var version = 1L; version <= last; version++)
        {
            Write(version, Commit(1_000 + (version * 1_000)), new DeltaLine { Add = Add($"f{version}") });
        }
    }

    public void Dispose()
    {
        Engine.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A clock that stands where it is put.</summary>
    internal sealed class HandClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2022, 6, 2, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
