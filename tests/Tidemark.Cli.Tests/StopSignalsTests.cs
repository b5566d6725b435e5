using Tidemark.Testing;

namespace Tidemark.Cli.Tests;

public sealed class StopSignalsTests
{
    private readonly ManualClock _clock = new();
    private readonly List<string> _done = [];
    private readonly StopSignals _signals;

    public StopSignalsTests() => _signals = new StopSignals(_clock, () => _done.Add("stop"), () => _done.Add("end"));

    [Fact]
    public void Receive_TwoAtOnce_IsOneWish()
    {
        _signals.Receive();
        _clock.Advance(StopSignals.Together - TimeSpan.FromMilliseconds(1));
        _signals.Receive();

        _done.ShouldBe(["stop"]);
    }

    [Fact]
    public void Receive_ASecondOneLater_EndsAtOnce()
    {
        _signals.Receive();
        _signals.Receive();
        _clock.Advance(StopSignals.Together);
        _signals.Receive();

        _done.ShouldBe(["stop", "end"]);
    }
}
