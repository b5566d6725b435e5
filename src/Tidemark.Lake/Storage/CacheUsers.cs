namespace Tidemark.Lake.Storage;

/// <summary>
/// The processes that have a cache open: each holds a file of its own locked in <c>_users/</c>. A process takes the
/// turn before it removes files or opens the cache, so no process opens it while files are removed. Locks end with
/// their process.
/// </summary>
internal sealed class CacheUsers(string folder, TimeProvider clock) : IDisposable
{
    private const string TurnName = "turn";
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(5);
    private readonly string _folder = Path.Combine(folder, "_users");
    private readonly SemaphoreSlim _entering = new(1);
    private FileStream? _own;

    /// <summary>Registers this process, once.</summary>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _own) is not null)
        {
            return;
        }

        await _entering.WaitAsync(cancellationToken);
        try
        {
            if (_own is null)
            {
                using var turn = await TakeTurnAsync(cancellationToken);
                Volatile.Write(ref _own, TryLock(Path.GetRandomFileName()));
            }
        }
        finally
        {
            _entering.Release();
        }
    }

    /// <summary>Until the result is disposed, no other process removes files or opens the cache.</summary>
    public async Task<IDisposable> TakeTurnAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        FileStream? turn;
        while ((turn = TryLock(TurnName)) is null)
        {
            await Task.Delay(s_again, clock, cancellationToken);
        }

        return turn;
    }

    /// <summary>
    /// Whether no other process has the cache open. Call it only with the turn; it sweeps the files of dead processes.
    /// </summary>
    public bool IsAlone()
    {
        var own = _own is null ? null : Path.GetFileName(_own.Name);
        foreach (var name in Directory.GetFiles(_folder).Select(f => Path.GetFileName(f)))
        {
            if (name == own || name == TurnName)
            {
                continue;
            }

            using var left = TryLock(name);
            if (left is null)
            {
                return false;
            }

            File.Delete(left.Name);
        }

        return true;
    }

    public void Dispose()
    {
        if (_own is { } own)
        {
            File.Delete(own.Name);
            own.Dispose();
        }

        _entering.Dispose();
    }

    private FileStream? TryLock(string name)
    {
        var path = Path.Combine(_folder, name);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
