using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Tidemark.Control;
using Tidemark.Control.Dialects;
using Tidemark.Control.Schedules;
using Tidemark.Core;
using Tidemark.Core.Secrets;
using Tidemark.Definitions;
using Tidemark.Definitions.Files;
using Tidemark.Hosting;
using Tidemark.Hosting.Workspace;
using Tidemark.Ingest.Running;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Storage;
using Tidemark.Operations;
using Tidemark.Operations.Schedules;

namespace Tidemark.Ingest.Tests.Simulation;

/// <summary>What the processes of a simulation share: folders, market, time.</summary>
internal sealed record SimulatedWorld(
    int Seed,
    string Folder,
    SimulatedClock Clock,
    SeededMarket Market,
    ServedAnswers Served,
    LeaseMonitor Leases,
    IObjectStore Store,
    LakeEngine Engine
)
{
    public string ControlFile => Path.Combine(Folder, "control.db");
}

/// <summary>
/// A process in miniature: a workspace of its own folder over the shared lake and control database, which serves if it
/// is told to. Each of its jobs opens the workspace anew, as a real one does.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "a killed process disposes of nothing"
)]
internal sealed class SimulatedWorker : IServeWatcher
{
    private readonly SimulatedWorld _world;
    private readonly string _folder;
    private readonly IIdSource _ids;
    private readonly TimeProvider _clock;
    private readonly Action<string> _trace;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lazy<DefinitionBundle> _definitions;
    private int _jobs;
    private Task _serving = Task.CompletedTask;

    /// <param name="world">What it shares with the others.</param>
    /// <param name="machine">Its machine: what is kept there outlives it.</param>
    /// <param name="name">Its own name.</param>
    /// <param name="trace">Hears what it does.</param>
    public SimulatedWorker(SimulatedWorld world, string machine, string name, Action<string> trace)
    {
        _world = world;
        _trace = trace;
        Life = new WorkerLife(name);
        _folder = Path.Combine(world.Folder, machine);
        _ids = new SeededIds(new Random(HashCodeOf(world.Seed, name)));
        _clock = world.Clock.Of(Life);
        _definitions = new Lazy<DefinitionBundle>(() =>
            new DefinitionBundle(
                new DefinitionFolders(Path.Combine(world.Folder, "definitions"), Own: null),
                Switches.None
            )
        );
        Workspace = Open();
    }

    public WorkerLife Life { get; }

    public SimulatedWorkspace Workspace { get; }

    /// <summary>Whether one of its jobs is at work.</summary>
    public bool IsAtWork => !Life.IsOver && Volatile.Read(ref _jobs) > 0;

    /// <summary>Jobs that it began.</summary>
    public int Jobs { get; private set; }

    public void Serve() => _serving = Workspace.Get<ServeOperation>().RunAsync(this, _stop.Token);

    /// <summary>Asks it to end, as a signal does.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Whether it has ended by itself.</summary>
    public bool HasEnded => _serving.IsCompleted;

    public void Kill()
    {
        Life.Kill();
        _world.Clock.Forget(Life);
    }

    public void Serves(StandingSchedule schedule) { }

    public void IsAlive() { }

    public void Report(ScheduleFire value) => _trace($"{Life.Name} {value.DueAt:MM-dd} {value.Status} {value.Source}");

    private SimulatedWorkspace Open()
    {
        var world = new HostWorld(
            new Dictionary<string, string>(),
            _folder,
            _clock,
            _ids,
            Path.Combine(_world.Folder, "definitions")
        );
        var options = WorkspaceReader.Load(_folder, world.Environment, world.Vendors);
        var services = new ServiceCollection();
        services.AddSingleton<IObjectStore>(new SimulatedStore(_world.Store, Life));
        services.AddSingleton(new StagingArea(Path.Combine(_folder, "staging-" + Life.Name)));
        services.AddSingleton<IVendorDirectory>(
            new SeededVendor(_world.Market, _world.Seed, Life, _clock, _world.Served)
        );
        services.AddTidemark(options, world);
        services.AddSingleton(_world.Engine);
        services.AddSingleton(new IngestOptions(KeepRaw: false, new PipelineOptions { JobsMax = 1 }));
        services.AddSingleton(_definitions.Value); // nobody changes them
        services.AddSingleton(Control());
        services.AddSingleton<OpenWorkspace>(_ => OpenJob);
        return new SimulatedWorkspace(services.BuildServiceProvider(), () => { });
    }

    private SimulatedWorkspace OpenJob()
    {
        Life.Live("opening the workspace");
        var opened = Open();
        Interlocked.Increment(ref _jobs);
        Jobs++;
        _trace($"{Life.Name} begins a job");
        return new SimulatedWorkspace(opened.Services, () => Interlocked.Decrement(ref _jobs));
    }

    private ControlDatabase Control() =>
        new(
            new SimulatedControl(
                new SqliteDialect(_world.ControlFile, _world.ControlFile, SqliteOpenMode.ReadWriteCreate),
                Life,
                _world.Clock,
                _world.Leases
            ),
            _world.ControlFile + ".keys",
            _clock,
            new SecretMask(),
            telemetry: null,
            Patience.Usual
        );

    private static int HashCodeOf(int seed, string name) =>
        name.Aggregate(seed, (hash, letter) => unchecked((hash * 31) + letter));

    private sealed class SeededIds(Random random) : IIdSource
    {
        private readonly Lock _lock = new();

        public Guid NewId()
        {
            var bytes = new byte[16];
            lock (_lock)
            {
                random.NextBytes(bytes);
            }

            return new Guid(bytes);
        }
    }
}

/// <summary>An opened workspace of a simulated process.</summary>
internal sealed class SimulatedWorkspace(ServiceProvider services, Action closed) : IOperations
{
    public ServiceProvider Services => services;

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public ValueTask DisposeAsync()
    {
        closed();
        return services.DisposeAsync();
    }
}
