namespace Tidemark.Simulator.Tws;

/// <summary>Counts of what a gateway has received and done so far. Thread-safe.</summary>
public sealed class TwsStatistics
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, int> _errors = [];
    private readonly Dictionary<string, int> _requests = [];

    /// <summary>Messages that have arrived, after the greetings.</summary>
    public long MessagesReceived { get; private set; }

    /// <summary>The most messages of one client that arrived within any one second.</summary>
    public int PeakMessagesPerSecond { get; private set; }

    /// <summary>Market data requests open now.</summary>
    public int Lines { get; private set; }

    /// <summary>The most market data requests open at once.</summary>
    public int PeakLines { get; private set; }

    /// <summary>Snapshots begun.</summary>
    public long Snapshots { get; private set; }

    /// <summary>Clients that were let in, one after the other or at once.</summary>
    public int ClientsAccepted { get; private set; }

    /// <summary>Clients connected now.</summary>
    public int Clients { get; private set; }

    /// <summary>Errors and notices sent, by code.</summary>
    public IReadOnlyDictionary<int, int> Errors
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<int, int>(_errors);
            }
        }
    }

    /// <summary>Requests handled, by name: <c>reqMktData</c>.</summary>
    public IReadOnlyDictionary<string, int> Requests
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, int>(_requests);
            }
        }
    }

    internal void Arrived(int messages, int inOneSecond)
    {
        lock (_gate)
        {
            MessagesReceived += messages;
            PeakMessagesPerSecond = Math.Max(PeakMessagesPerSecond, inOneSecond);
        }
    }

    internal void Handled(string request)
    {
        lock (_gate)
        {
            _requests[request] = _requests.GetValueOrDefault(request) + 1;
        }
    }

    internal void ErrorSent(int code)
    {
        lock (_gate)
        {
            _errors[code] = _errors.GetValueOrDefault(code) + 1;
        }
    }

    /// <summary>Takes a line if one is free.</summary>
    internal bool TryOpenLine(int? limit, bool isSnapshot)
    {
        lock (_gate)
        {
            if (Lines >= limit)
            {
                return false;
            }

            PeakLines = Math.Max(PeakLines, ++Lines);
            Snapshots += isSnapshot ? 1 : 0;
            return true;
        }
    }

    internal void CloseLine()
    {
        lock (_gate)
        {
            Lines--;
        }
    }

    internal void ClientCame()
    {
        lock (_gate)
        {
            Clients++;
            ClientsAccepted++;
        }
    }

    internal void ClientWent()
    {
        lock (_gate)
        {
            Clients--;
        }
    }
}
