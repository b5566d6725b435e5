using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Tidemark.LakeWorker;

/// <summary>
/// Ends this process as a power switch would (SIGKILL to itself): at a named point, or some time after it was armed.
/// </summary>
internal sealed partial class KillSwitch
{
    private const int Kill = 9;
    private readonly string? _point;
    private readonly TimeSpan? _after;
    private readonly bool _traces;
    private int _left;

    private KillSwitch(string? point, int nth, TimeSpan? after, bool traces)
    {
        _point = point;
        _left = nth;
        _after = after;
        _traces = traces;
    }

    public static KillSwitch Of(string[] words) =>
        words switch
        {
            ["point", var name, var nth] => new KillSwitch(
                name,
                int.Parse(nth, CultureInfo.InvariantCulture),
                null,
                false
            ),
            ["after", var time] => new KillSwitch(
                null,
                0,
                TimeSpan.FromMicroseconds(double.Parse(time, CultureInfo.InvariantCulture)),
                false
            ),
            ["trace"] => new KillSwitch(null, 0, null, true),
            [] => new KillSwitch(null, 0, null, false),
            _ => throw new ArgumentException($"no way to die: {string.Join(' ', words)}", nameof(words)),
        };

    /// <summary>Starts the time, where there is one.</summary>
    public void Arm()
    {
        if (_after is not { } after)
        {
            return;
        }

        // A thread that looks all the time: a timer's millisecond is too coarse for the moments between two calls.
        var start = Stopwatch.GetTimestamp();
        new Thread(() =>
        {
            while (Stopwatch.GetElapsedTime(start) < after)
            {
                Thread.SpinWait(20);
            }

            Strike();
        })
        {
            IsBackground = true,
        }.Start();
    }

    public void Passing(string point)
    {
        if (_traces)
        {
            Console.WriteLine($"point {point}");
        }

        if (point == _point && Interlocked.Decrement(ref _left) == 0)
        {
            Console.WriteLine($"killed {point}");
            Strike();
        }
    }

    private static void Strike()
    {
        _ = SendSignal(Environment.ProcessId, Kill);
        new ManualResetEventSlim().Wait(); // the signal is on its way; nothing more may happen here
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
