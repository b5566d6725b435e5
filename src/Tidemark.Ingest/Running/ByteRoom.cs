namespace Tidemark.Ingest.Running;

/// <summary>
/// Limits the bytes of rows that wait for their commit: room is taken before they wait and given back when the
/// committer has them. A unit larger than the limit gets room when it is alone. Thread-safe; callers are served in
/// turn.
/// </summary>
internal sealed class ByteRoom(long limit)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(long Bytes, TaskCompletionSource Granted)> _waiting = new();
    private long _taken;

    /// <summary>Waits for room. Where there is room, cancellation has no effect: fetched rows are kept.</summary>
    public async ValueTask TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        LinkedListNode<(long, TaskCompletionSource Granted)> turn;
        lock (_gate)
        {
            if (_waiting.Count == 0 && Fits(bytes))
            {
                _taken += bytes;
                return;
            }

            turn = _waiting.AddLast(
                (bytes, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            );
        }

        try
        {
            await turn.Value.Granted.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                if (turn.List is not null)
                {
                    _waiting.Remove(turn);
                    throw;
                }
            }

            // The room was granted at the same moment.
        }
    }

    public void Release(long bytes)
    {
        lock (_gate)
        {
            _taken -= bytes;
            while (_waiting.First is { } next && Fits(next.Value.Bytes))
            {
                _taken += next.Value.Bytes;
                _waiting.RemoveFirst();
                next.Value.Granted.SetResult();
            }
        }
    }

    private bool Fits(long bytes) => _taken == 0 || _taken + bytes <= limit;
}
