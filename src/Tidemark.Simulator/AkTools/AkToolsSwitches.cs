using System.Collections.Concurrent;

namespace Tidemark.Simulator.AkTools;

/// <summary>What of the outside world is out of reach of a simulated AKTools, while it runs. Thread-safe.</summary>
public sealed class AkToolsSwitches
{
    private readonly ConcurrentDictionary<string, bool> _out = new(StringComparer.Ordinal);
    private volatile bool _isOffline;

    /// <summary>
    /// Whether the server that tells the latest versions cannot be reached: then <c>/</c> and <c>/version</c> fail.
    /// </summary>
    public bool IsOffline
    {
        get => _isOffline;
        set => _isOffline = value;
    }

    /// <summary>Cuts off, or brings back, every function of a family of hosts, for example <c>eastmoney</c>.</summary>
    public void SetOutage(string family, bool isOut)
    {
        if (isOut)
        {
            _out[family] = true;
        }
        else
        {
            _out.TryRemove(family, out _);
        }
    }

    internal bool IsOut(string family) => _out.ContainsKey(family);
}
