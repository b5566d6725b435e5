using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>The state that all sessions of one gateway share.</summary>
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

    /// <summary>Whether the gateway has lost its vendor: clients stay connected and get nothing.</summary>
    public bool IsLinkDown => _isLinkDown;

    /// <summary>Counts a client; false when no more may connect.</summary>
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

    /// <summary>Takes a client id for a session; false when another session has it.</summary>
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

    /// <summary>Loses the vendor for a while. Don't call it with a session's lock.</summary>
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

    /// <summary>Counts a snapshot; false when there were too many within a second.</summary>
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
