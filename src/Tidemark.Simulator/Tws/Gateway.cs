using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>What all sessions of one gateway share.</summary>
internal sealed class Gateway(TwsSimulatorOptions options) : IDisposable
{
    public const int MaxClients = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, TwsSession> _sessions = [];
    private readonly SlidingWindow _snapshots = new(TimeSpan.FromSeconds(1));
    private int _connections;
    private ITimer? _linkTimer;
    private volatile bool _isLinkDown;

    public TwsSimulatorOptions Options => options;

    public IOptionMarket Market => options.Market;

    public TimeProvider Clock => options.TimeProvider;

    public TwsStatistics Statistics { get; } = new();

    public FaultSession? Faults { get; } = options.Faults?.Begin("tws", options.TimeProvider);

    /// <summary>Whether the gateway has lost its vendor: clients stay connected and hear nothing.</summary>
    public bool IsLinkDown => _isLinkDown;

    /// <summary>Whether one more client may connect.</summary>
    public bool TryConnect()
    {
        lock (_gate)
        {
            if (_connections == MaxClients)
            {
                return false;
            }

            _connections++;
            return true;
        }
    }

    public void Disconnect()
    {
        lock (_gate)
        {
            _connections--;
        }
    }

    /// <summary>Takes a client id for a session, unless another has it.</summary>
    public bool TryEnter(int clientId, TwsSession session)
    {
        lock (_gate)
        {
            if (!_sessions.TryAdd(clientId, session))
            {
                return false;
            }
        }

        Statistics.ClientCame();
        return true;
    }

    public void Leave(int clientId)
    {
        lock (_gate)
        {
            _sessions.Remove(clientId);
        }

        Statistics.ClientWent();
    }

    /// <summary>Loses the vendor for a while. To be called without any session's lock.</summary>
    public void LoseLink(TimeSpan length, bool losesData)
    {
        _isLinkDown = true;
        lock (_gate)
        {
            _linkTimer?.Dispose();
            _linkTimer = Clock.CreateTimer(_ => RestoreLink(losesData), null, length, Timeout.InfiniteTimeSpan);
        }

        foreach (var session in Sessions())
        {
            session.LinkLost(losesData);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _linkTimer?.Dispose();
        }
    }

    /// <summary>Counts a snapshot unless there were too many of them within a second.</summary>
    public bool TrySnapshot()
    {
        lock (_gate)
        {
            var now = Clock.GetUtcNow();
            if (options.Limits.SnapshotsPerSecond is { } limit && _snapshots.Count(now) >= limit)
            {
                return false;
            }

            _snapshots.Add(now);
            return true;
        }
    }

    private void RestoreLink(bool losesData)
    {
        _isLinkDown = false;
        foreach (var session in Sessions())
        {
            session.LinkRestored(losesData);
        }
    }

    private TwsSession[] Sessions()
    {
        lock (_gate)
        {
            return [.. _sessions.Values];
        }
    }
}
