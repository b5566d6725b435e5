using Tidemark.Control.Schedules;
using Tidemark.Hosting;
using Tidemark.Operations.Schedules;

namespace Tidemark.Ingest.Tests.Support;

/// <summary>A process that serves, in this one: a test moves the clock and hears what became of each moment.</summary>
internal sealed class Serving : IServeWatcher, IAsyncDisposable
{
    private readonly IngestRig _rig;
    private readonly TidemarkHost _host;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<ScheduleFire> _told = [];
    private readonly TaskCompletionSource _serves = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _serving = Task.CompletedTask;
    private int _wakes;

    private Serving(IngestRig rig)
    {
        _rig = rig;
        _host = rig.OpenAgain();
    }

    /// <summary>How often it woke.</summary>
    public int Wakes => Volatile.Read(ref _wakes);

    /// <summary>Begins to serve; returns when it does.</summary>
    public static async Task<Serving> StartAsync(IngestRig rig)
    {
        var serving = new Serving(rig);
        serving._serving = serving._host.Get<ServeOperation>().RunAsync(serving, serving._stop.Token);
        await Task.WhenAny(serving._serving, serving._serves.Task);
        return serving;
    }

    /// <summary>Sets the clock to a moment in Shanghai.</summary>
    public void At(string local) =>
        _rig.Clock.UtcNow = DateTimeOffset.Parse(local + " +08:00", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Sets the clock, and waits for what becomes of a day's moment.</summary>
    public Task<ScheduleFire> AtAsync(string local)
    {
        At(local);
        return EndOfAsync(local[..10]);
    }

    /// <summary>What became of the moment of a day in Shanghai, once it is over.</summary>
    public async Task<ScheduleFire> EndOfAsync(string day)
    {
        while (true)
        {
            Task heard;
            lock (_lock)
            {
                heard = _heard.Task;
                if (_told.LastOrDefault(fire => fire.FinishedAt is not null && DayOf(fire) == day) is { } ended)
                {
                    return ended;
                }
            }

            var first = await Task.WhenAny(heard, _serving).WaitAsync(TimeSpan.FromMinutes(2));
            if (first == _serving)
            {
                await _serving;
                throw new InvalidOperationException("it serves no more");
            }
        }
    }

    /// <summary>Moves the clock on by a minute until it has woken.</summary>
    public async Task WakeAsync()
    {
        var before = Wakes;
        while (Wakes == before)
        {
            await _rig.Clock.WhenPendingAsync(t => !t.Repeats, TestContext.Current.CancellationToken);
            _rig.Clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }
    }

    public void Serves(StandingSchedule schedule) => _serves.TrySetResult();

    public void IsAlive() => Interlocked.Increment(ref _wakes);

    public void Report(ScheduleFire value)
    {
        lock (_lock)
        {
            _told.Add(value);
            _heard.TrySetResult();
            _heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Stops as a signal does, and waits until it has ended.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _serving;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        await _host.DisposeAsync();
    }

    private static string DayOf(ScheduleFire fire) =>
        fire
            .DueAt.ToOffset(TimeSpan.FromHours(8))
            .ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
