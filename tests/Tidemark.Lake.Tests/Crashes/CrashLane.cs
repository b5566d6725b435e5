using System.Globalization;
using Tidemark.Core;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Storage;
using Tidemark.Testing.Crashes;

namespace Tidemark.Lake.Tests.Crashes;

/// <summary>
/// One lake whose writer is killed again and again, and what must be in it: after each death, the table holds
/// everything that was acknowledged, and of the step in flight all or nothing.
/// </summary>
internal sealed class CrashLane : IDisposable
{
    private const int StepsARound = 5;
    private readonly int _seed;
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-crash-").FullName;
    private readonly LakeEngine _engine;
    private readonly Dictionary<long, WorkloadState> _versions = new() { [-1] = WorkloadState.Empty };
    private WorkloadState _state = WorkloadState.Empty;
    private long _version = -1;
    private int _step;

    public CrashLane(int seed)
    {
        _seed = seed;
        _engine = new LakeEngine(new EngineOptions(1, "256MB"), Path.Combine(_folder, "spill"));
    }

    public string LakeFolder => Path.Combine(_folder, "lake");

    /// <summary>Lets a writer begin some steps, to die as told, and compares.</summary>
    /// <returns>What the writer said of the points that it passed, and where it died.</returns>
    public async Task<string[]> RoundAsync(params string[] death)
    {
        using var worker = Worker.Start(["crash", LakeFolder, Text(_seed), Text(_step), Text(StepsARound), .. death]);
        var (lines, error, ended) = await worker.EndAsync(CancellationToken.None);
        if (!ended)
        {
            error.ShouldBeEmpty(); // killed, not failed
        }

        int? inFlight = null;
        foreach (var words in lines.Select(l => l.Split(' ')))
        {
            switch (words[0])
            {
                case "begin":
                    inFlight = int.Parse(words[1], CultureInfo.InvariantCulture);
                    break;
                case "done":
                    Acknowledge(inFlight!.Value, long.Parse(words[2], CultureInfo.InvariantCulture));
                    inFlight = null;
                    break;
            }
        }

        await CompareAsync(inFlight);
        return lines;
    }

    /// <summary>What ClickHouse finds, and what `verify` finds after what the deaths left was mended.</summary>
    public async Task CompareWithOthersAsync()
    {
        if (ClickHouse.IsInstalled)
        {
            var (rows, sum) = await ClickHouse.ReadAsync(LakeFolder, "ods/ods_crash", "value");
            rows.ShouldBe(_state.Units.Values.Sum(u => u.Rows));
            sum.ShouldBe(_state.Units.Values.Sum(u => (double)u.Rows * u.Step));
        }

        // An hour later, nobody can still be at work on what the dead have left.
        var clock = new WorkloadClock { Step = _step };
        var lake = new DataLake(
            new LocalObjectStore(LakeFolder),
            new StagingArea(Path.Combine(LakeFolder, "_staging")),
            _engine,
            clock,
            new SystemIdSource()
        );
        await new LakeRepair(lake, new CatalogFile(Path.Combine(_folder, "catalog.duckdb"), lake)).RepairAsync(default);
        var found = await new LakeVerifier(lake).VerifyAsync(
            lake.Table(Workload.Table.Id),
            quick: false,
            null,
            default
        );
        found.Faults.ShouldBeEmpty();
        Directory
            .EnumerateFiles(LakeFolder, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f).StartsWith('.') || f.Contains("/_staging/", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    /// <summary>Another process's view of the lake.</summary>
    public DataLake Open() => DataLake.OnDisk(LakeFolder, _engine, TimeProvider.System, new SystemIdSource());

    public void Dispose()
    {
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Acknowledge(int number, long version)
    {
        // A step that makes no version changes nothing: the same rows again, a version whose files are vacuumed.
        var state = version > _version ? After(number) : _state;
        for (var made = _version + 1; made <= version; made++)
        {
            _versions[made] = state;
        }

        (_state, _version, _step) = (state, version, number + 1);
    }

    private WorkloadState After(int number)
    {
        var step = Workload.Step(_seed, number);
        return step.Action switch
        {
            WorkloadAction.Commit => _state.Commit(step),
            WorkloadAction.Restore when _version >= 0 => _versions[Math.Max(0, _version - step.Back)],
            _ => _state,
        };
    }

    private async Task CompareAsync(int? inFlight)
    {
        var (actual, version) = await WorkloadState.ReadAsync(Open(), CancellationToken.None);
        if (inFlight is not { } number)
        {
            actual.ShouldBe(_state);
            version.ShouldBe(_version);
            return;
        }

        var after = After(number);
        (actual.Equals(_state) || actual.Equals(after)).ShouldBeTrue(
            $"seed {_seed}, step {number}: neither all nor nothing.\nbefore {_state}\nafter  {after}\nfound  {actual}"
        );
        version.ShouldBeGreaterThanOrEqualTo(_version, "an acknowledged version is gone");
        for (var made = _version + 1; made <= version; made++)
        {
            _versions[made] = actual;
        }

        (_state, _version, _step) = (actual, version, number + 1);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
