using System.Globalization;
using Microsoft.Data.Sqlite;
using Tidemark.Control;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Storage;
using Tidemark.Operations.Jobs;

namespace Tidemark.Ingest.Tests.Simulation;

/// <summary>
/// Two processes that serve one lake for some trading days, in virtual time: one thread moves the clock from timer to
/// timer, and each time waits until nothing is at work any more. Afterwards everything is well for some days, so that
/// what can heal heals.
/// </summary>
internal sealed class SimulationRun : IDisposable
{
    private const int HealingDays = 7;
    private const int LooksInVain = 2;
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(50);
    private static readonly string[] s_machines = ["north", "south"];

    private readonly SimulatedWorld _world;
    private readonly SimulatedWorker[] _workers;
    private readonly SimulatedWorker _person;
    private readonly Queue<ScriptedDeed> _script;
    private readonly Dictionary<string, int> _counts = [];
    private readonly SqliteConnection _control;
    private readonly List<string> _trace = [];
    private IReadOnlyList<SimulatedEntry>? _logs;
    private int _started;
    private bool _isPaused;
    private int _lookedInVain;

    public SimulationRun(int seed, int days, bool hasFaults = true)
    {
        First = new DateOnly(2024, 3, 18);
        var last = SeededMarket.Calendar.OpenDaysBetween(First, First.AddDays(days * 2)).ToArray()[days - 1];
        Last = SeededMarket.Calendar.OpenDayOnOrBefore(last.AddDays(HealingDays));
        var folder = Directory.CreateTempSubdirectory("tidemark-simulation-").FullName;
        Prepare(folder);
        var market = new SeededMarket(seed, First, Last)
        {
            HealsAt = hasFaults ? SeededMarket.At(last, 23) : DateTimeOffset.MinValue,
        };
        var clock = new SimulatedClock(SeededMarket.At(First, 12));
        _world = new SimulatedWorld(
            seed,
            folder,
            clock,
            market,
            new ServedAnswers(),
            new LeaseMonitor(),
            new LocalObjectStore(Path.Combine(folder, "lake")),
            new LakeEngine(new EngineOptions(1, "512MB"), Path.Combine(folder, "spill"))
        );
        ControlDatabase
            .OpenAsync(_world.ControlFile, TimeProvider.System, CancellationToken.None)
            .GetAwaiter()
            .GetResult()
            .DisposeAsync()
            .AsTask()
            .GetAwaiter()
            .GetResult();
        _control = new SqliteConnection($"Data Source={_world.ControlFile}");
        _control.Open();
        _script = hasFaults ? SeededScript.Of(seed, First, last) : [];
        _person = new SimulatedWorker(_world, "person", "person", Trace);
        _workers = [Started(0), Started(1)];
    }

    public SimulatedWorld World => _world;

    public DateOnly First { get; }

    public DateOnly Last { get; }

    /// <summary>What happened, in order.</summary>
    public IReadOnlyList<string> Told => _trace;

    /// <summary>The logs of the lake's tables, as they are at the end.</summary>
    public IReadOnlyList<SimulatedEntry> Logs => _logs ??= SimulatedLogs.Read(Path.Combine(_world.Folder, "lake"));

    /// <summary>How often each deed was done, and other figures.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>Whom one asks at the end.</summary>
    public SimulatedWorkspace Workspace => _person.Workspace;

    /// <summary>Runs a simulation on a thread of its own, and then what looks at it.</summary>
    public static Task RunAsync(int seed, int days, Action<SimulationRun> look, bool hasFaults = true)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                using var simulation = new SimulationRun(seed, days, hasFaults);
                simulation.Play();
                look(simulation);
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        thread.Start();
        return done.Task;
    }

    /// <summary>A number that the control database gives.</summary>
    public long Number(string sql)
    {
        using var command = _control.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(
            command.ExecuteScalar() is { } found and not DBNull ? found : -1L,
            CultureInfo.InvariantCulture
        );
    }

    /// <summary>Rows that the control database gives, each as a line.</summary>
    public List<string> Lines(string sql)
    {
        using var command = _control.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var lines = new List<string>();
        while (reader.Read())
        {
            lines.Add(
                string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i).ToString()))
            );
        }

        return lines;
    }

    private void Play()
    {
        Quiet.Wait();
        var end = SeededMarket.At(Last, 23);
        while (_world.Clock.Now < end)
        {
            var next = _script.TryPeek(out var deed) && deed.At < end ? deed.At : end;
            if (next <= _world.Clock.Now)
            {
                Do(_script.Dequeue());
                Quiet.Wait();
            }
            else if (!IsPaused && _workers.Any(worker => worker.IsAtWork && !worker.Life.IsStill))
            {
                if (!Step(next))
                {
                    _world.Clock.JumpTo(next);
                }
            }
            else
            {
                Jump(next);
            }

            Bury();
        }

        Count("timers", (int)_world.Clock.Fired);
        Count("calls", _world.Served.Calls);
        Count("handovers", _world.Leases.Handovers);
        Count("takeovers", _world.Leases.Takeovers);
    }

    private bool IsPaused => _isPaused;

    private bool Step(DateTimeOffset until)
    {
        if (!_world.Clock.FireNext(until))
        {
            return false;
        }

        Quiet.Wait();
        return true;
    }

    /// <summary>Nothing runs: goes on to where something may begin.</summary>
    private void Jump(DateTimeOffset next)
    {
        var now = _world.Clock.Now;
        var isOpen =
            Number("select count(*) from schedule_fires_v1 where finished_at is null")
                + Number("select count(*) from ingest_runs where status = 'running'")
                > 0
            || _workers.Any(worker => worker.IsAtWork);
        var target = isOpen ? now + s_lookAgain : NextMoment(now);
        _world.Clock.JumpTo(target < next ? target : next);
        while (Step(_world.Clock.Now)) { }
    }

    private DateTimeOffset NextMoment(DateTimeOffset now)
    {
        var due = SeededMarket.At(DateOnly.FromDateTime(now.ToOffset(TimeSpan.FromHours(8)).DateTime), 19.5);
        due = due > now ? due : due.AddDays(1);
        var attempt = Number("select min(next_at) from unit_attempts where state = 'open'");
        if (attempt < 0)
        {
            return due;
        }

        var tried = DateTimeOffset.FromUnixTimeMilliseconds(attempt);
        _lookedInVain = tried > now ? 0 : _lookedInVain + 1;
        // What is due and is not tried, though it was looked at, comes with the next moment.
        var soon = _lookedInVain <= LooksInVain ? now.AddMinutes(16) : due;
        tried = tried > now ? tried : soon;
        return tried < due ? tried : due;
    }

    private void Do(ScriptedDeed deed)
    {
        var worker = deed.Worker < 0 ? null : _workers[deed.Worker];
        var isThere = worker is { Life.IsOver: false, HasEnded: false };
        switch (deed.Deed)
        {
            case Deed.KillAtWork when isThere:
                worker!.Life.KillAfter(deed.Kind, deed.Points);
                break;
            case Deed.StillAtWork when isThere:
                worker!.Life.StillAfter(deed.Kind, deed.Points);
                break;
            case Deed.Kill when isThere:
                worker!.Kill();
                break;
            case Deed.Stop when isThere && !worker!.Life.IsStill:
                worker.Stop();
                break;
            case Deed.Start when isThere:
                worker!.Life.Disarm();
                worker.Life.Wake();
                break;
            case Deed.Start:
                _workers[deed.Worker].Kill();
                _workers[deed.Worker] = Started(deed.Worker);
                break;
            case Deed.Pause:
                Ask(LaneWish.Pause);
                _isPaused = true;
                break;
            case Deed.Resume:
                Ask(LaneWish.Resume);
                _isPaused = false;
                break;
            case Deed.Cancel:
                Ask(LaneWish.Cancel);
                break;
            default:
                return;
        }

        Count(deed.Deed.ToString());
        Trace($"{deed.Deed} {worker?.Life.Name}");
    }

    private void Ask(LaneWish wish)
    {
        try
        {
            Workspace
                .Get<ControlLanes>()
                .AskAsync(wish, "china", "somebody", CancellationToken.None)
                .GetAwaiter()
                .GetResult();
        }
        catch (TidemarkException e) when (e.Kind == ErrorKind.Conflict)
        {
            Trace($"{wish}: {e.Code}");
        }
    }

    /// <summary>Who was killed at work has no timers any more.</summary>
    private void Bury()
    {
        foreach (var worker in _workers)
        {
            if (worker.Life is { At.Length: > 0 } life)
            {
                if (life.IsOver)
                {
                    worker.Kill();
                }

                Count(life.IsOver ? "killed at work" : "still at work");
                Trace($"{life.Name} {(life.IsOver ? "is killed" : "stands still")} {life.TakePoint()}");
            }
        }
    }

    private SimulatedWorker Started(int machine)
    {
        var worker = new SimulatedWorker(_world, s_machines[machine], $"{s_machines[machine]}-{++_started}", Trace);
        worker.Serve();
        return worker;
    }

    private void Trace(string what)
    {
        lock (_trace)
        {
            _trace.Add($"{_world.Clock.Now.ToOffset(TimeSpan.FromHours(8)):MM-dd HH:mm:ss.f} {what}");
        }
    }

    private void Count(string what, int by = 1) => _counts[what] = _counts.GetValueOrDefault(what) + by;

    private void Prepare(string folder)
    {
        foreach (var kind in new[] { "datasets", "calendars", "checks", "warehouse", "catalog" })
        {
            Directory.CreateDirectory(Path.Combine(folder, "definitions", kind));
        }

        foreach (
            var file in new[]
            {
                "calendars/XSHG.csv",
                "checks/stock.daily_bars.yaml",
                "datasets/tushare.stock_basic.yaml",
                "datasets/tushare.suspend_d.yaml",
                "datasets/tushare.daily.yaml",
            }
        )
        {
            File.Copy(Path.Combine(IngestRig.Definitions, file), Path.Combine(folder, "definitions", file));
        }

        foreach (var machine in s_machines.Append("person"))
        {
            Directory.CreateDirectory(Path.Combine(folder, machine));
            File.WriteAllText(
                Path.Combine(folder, machine, "tidemark.yaml"),
                $$"""
                lake: ../lake
                plan: { from: {{First:yyyy-MM-dd}} }
                pools: { targets: { symbols: [{{SeededMarket.Target}}] } }
                vendors: { tushare: { token: "a-good-token" } }
                raw: { enabled: false }
                engine: { threads: 1, memory: 512MB }
                """
            );
        }
    }

    public void Dispose()
    {
        foreach (var worker in _workers.Append(_person))
        {
            worker.Kill();
        }

        Quiet.Wait();
        SqliteConnection.ClearPool(_control);
        _control.Dispose();
        _world.Engine.Dispose();
        Directory.Delete(_world.Folder, recursive: true);
    }
}
