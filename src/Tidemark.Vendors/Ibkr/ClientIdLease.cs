using Tidemark.Core.Files;

namespace Tidemark.Vendors.Ibkr;

/// <summary>A client id that is this process's until it is given back.</summary>
internal sealed class ClientIdLease : IDisposable
{
    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly ITimer _renewal;

    public ClientIdLease(int id, string path, TimeSpan timeToLive, TimeProvider clock)
    {
        (Id, _path, _clock) = (id, path, clock);
        _renewal = clock.CreateTimer(_ => Renew(), null, timeToLive / 3, timeToLive / 3);
    }

    public int Id { get; }

    public void Dispose()
    {
        _renewal.Dispose();
        try
        {
            if (IsOurs())
            {
                File.Delete(_path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It becomes stale by itself.
        }
    }

    private void Renew()
    {
        try
        {
            if (IsOurs())
            {
                using var file = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 1);
                file.Write(ClientIdPool.Content(_clock));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody looks at it just now, or the disk is full: there are two more times before it is stale. Thrown
            // in a timer it would end the process.
        }
    }

    /// <summary>
    /// False once another process has taken the lock over: while this one, or its machine, slept for longer than a lock
    /// lives.
    /// </summary>
    private bool IsOurs() => DataFile.ReadText(_path).StartsWith($"{Environment.ProcessId} ", StringComparison.Ordinal);
}
