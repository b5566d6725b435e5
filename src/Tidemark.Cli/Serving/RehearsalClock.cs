using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;

namespace Tidemark.Cli.Serving;

/// <summary>
/// A clock that begins at the moment in a file and goes on from there in real time; whoever writes another moment into
/// the file sets it, forwards or back, for every process that was started with it. With it weeks are rehearsed in
/// minutes: <c>TIDEMARK_CLOCK=clock.txt tidemark serve</c>. Thread-safe.
/// </summary>
internal sealed class RehearsalClock : TimeProvider, IDisposable
{
    /// <summary>The variable that names the file.</summary>
    public const string Variable = "TIDEMARK_CLOCK";

    private static readonly TimeSpan s_looksEvery = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly List<Alarm> _alarms = [];
    private readonly string _file;
    private readonly ITimer _looking;
    private string _text;
    private DateTimeOffset _set;
    private long _setAt;

    private RehearsalClock(string file)
    {
        _file = file;
        _text = DataFile.ReadText(file);
        _set =
            MomentOf(_text)
            ?? throw new TidemarkException(
                ErrorKind.Configuration,
                "CLOCK_INVALID",
                $"{Variable} names {file}, which has '{_text.Trim()}' in the place of a moment like 2026-01-05T19:29:00+08:00."
            );
        _setAt = System.GetTimestamp();
        _looking = System.CreateTimer(_ => Look(), null, s_looksEvery, s_looksEvery);
    }

    /// <summary>The clock that the environment names; the machine's own where it names none.</summary>
    /// <exception cref="TidemarkException"><c>CLOCK_INVALID</c>: there is no moment in the file.</exception>
    public static TimeProvider Of(IReadOnlyDictionary<string, string> environment)
    {
        if (!environment.TryGetValue(Variable, out var file) || file.Length == 0)
        {
            return System;
        }

        try
        {
            return new RehearsalClock(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "CLOCK_INVALID",
                $"{Variable} names {file}, which cannot be read: {e.Message}",
                e
            );
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return Now;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, () => callback(state));
        alarm.Change(dueTime, period);
        return alarm;
    }

    public void Dispose() => _looking.Dispose();

    private DateTimeOffset Now => _set + System.GetElapsedTime(_setAt);

    private static DateTimeOffset? MomentOf(string text) =>
        DateTimeOffset.TryParse(
            text.Trim(),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var moment
        )
            ? moment
            : null;

    private void Look()
    {
        var due = new List<Alarm>();
        lock (_lock)
        {
            Read();
            var now = Now;
            foreach (var alarm in _alarms.Where(alarm => alarm.Due <= now).ToArray())
            {
                due.Add(alarm);
                if (alarm.Period > TimeSpan.Zero)
                {
                    alarm.Due = now + alarm.Period;
                }
                else
                {
                    _alarms.Remove(alarm);
                }
            }
        }

        foreach (var alarm in due)
        {
            ThreadPool.QueueUserWorkItem(_ => alarm.Ring());
        }
    }

    private void Read()
    {
        try
        {
            var text = DataFile.ReadText(_file);
            if (text == _text)
            {
                return;
            }

            // Half a file is read again in a moment.
            if (MomentOf(text) is { } moment)
            {
                var by = moment - Now;
                (_text, _set, _setAt) = (text, moment, System.GetTimestamp());
                if (by < TimeSpan.Zero)
                {
                    // A wait is as long as it was, also when the clock is put back.
                    _alarms.ForEach(alarm => alarm.Due += by);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever writes it has it open.
        }
    }

    private bool Schedule(Alarm alarm, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            _alarms.Remove(alarm);
            if (dueTime == Timeout.InfiniteTimeSpan || alarm.IsDisposed)
            {
                return !alarm.IsDisposed;
            }

            alarm.Due = Now + dueTime;
            alarm.Period = period;
            _alarms.Add(alarm);
            return true;
        }
    }

    private sealed class Alarm(RehearsalClock clock, Action callback) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; set; }

        public bool IsDisposed { get; private set; }

        public void Ring() => callback();

        public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Schedule(this, dueTime, period);

        public void Dispose()
        {
            IsDisposed = true;
            clock.Schedule(this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
