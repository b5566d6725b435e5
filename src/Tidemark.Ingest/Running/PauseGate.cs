namespace Tidemark.Ingest.Running;

/// <summary>What a run passes before each unit: open, or closed while the lane is paused. Thread-safe.</summary>
public sealed class PauseGate
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _closed;

    /// <summary>Whether nothing new may begin.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_lock)
            {
                return _closed is not null;
            }
        }
    }

    /// <summary>Opens or closes it.</summary>
    public void Set(bool isClosed)
    {
        lock (_lock)
        {
            if (isClosed)
            {
                _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            else
            {
                _closed?.SetResult();
                _closed = null;
            }
        }
    }

    /// <summary>Waits until it is open.</summary>
    public Task PassAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _closed is { } closed ? closed.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
        }
    }
}
