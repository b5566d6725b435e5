using System.Net.Sockets;

namespace Tidemark.Simulator.Tws;

/// <summary>How a connection ends once everything that was written has been sent.</summary>
internal enum Ending
{
    None,
    Close,

    /// <summary>The client sees a reset instead of an end.</summary>
    Reset,
}

/// <summary>
/// The messages for one client. They are written to <see cref="Buffer"/> under the session's lock and sent together:
/// while one batch is being sent, the next one grows.
/// </summary>
internal sealed class Outbox(Socket socket, Lock gate) : IDisposable
{
    /// <summary>When more bytes than this wait, nothing more is read from the client until it reads.</summary>
    private const int Full = 4 << 20;

    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly List<int> _cuts = [];
    private FrameBuffer _spare = new();
    private TaskCompletionSource? _drained;
    private Ending _ending;

    /// <summary>The buffer for messages. Use it under the lock, and do not keep it.</summary>
    public FrameBuffer Buffer { get; private set; } = new();

    /// <summary>Holds messages back, so that they are sent together with later ones.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Whether the client is far behind: streams then skip their updates.</summary>
    public bool IsFull => Buffer.Length > Full;

    /// <summary>Sends what has been written. Call it under the lock.</summary>
    public void Send()
    {
        if (_signal.CurrentCount == 0 && !IsHeld && (Buffer.Length > 0 || _ending != Ending.None))
        {
            _signal.Release();
        }
    }

    /// <summary>Begins a new segment of the connection at a position.</summary>
    public void Cut(int position) => _cuts.Add(position);

    /// <summary>Ends the connection when everything has been sent. Only the first call counts.</summary>
    public void End(Ending ending)
    {
        _ending = _ending == Ending.None ? ending : _ending;
        IsHeld = false;
        Send();
    }

    /// <summary>Waits until there is room for more.</summary>
    public Task WhenDrainedAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!IsFull)
            {
                return Task.CompletedTask;
            }

            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Sends until this side ends the connection.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var cuts = new List<int>();
        while (true)
        {
            await _signal.WaitAsync(cancellationToken);
            FrameBuffer batch;
            Ending ending;
            lock (gate)
            {
                batch = Buffer;
                ending = _ending;
                _spare.Truncate(0);
                (Buffer, _spare) = (_spare, batch);
                cuts.Clear();
                cuts.AddRange(_cuts);
                _cuts.Clear();
                _drained?.TrySetResult();
                _drained = null;
            }

            var sent = 0;
            foreach (var cut in cuts)
            {
                await SendAsync(batch.Memory[sent..cut], cancellationToken);
                sent = cut;
            }

            await SendAsync(batch.Memory[sent..], cancellationToken);
            if (ending != Ending.None)
            {
                if (ending == Ending.Reset)
                {
                    socket.LingerState = new LingerOption(true, 0);
                }
                else
                {
                    socket.Shutdown(SocketShutdown.Both);
                }

                return;
            }
        }
    }

    public void Dispose()
    {
        Buffer.Dispose();
        _spare.Dispose();
        _signal.Dispose();
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancellationToken)..];
        }
    }
}
