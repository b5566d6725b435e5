using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Tidemark.Simulator.Tws;

/// <summary>One client's socket: reads frames one by one, receives bytes ahead, and sends them in batches.</summary>
internal sealed class FrameSocket : IDisposable
{
    /// <summary>
    /// How many bytes are received ahead: a client's messages are counted when they arrive, not when they are handled.
    /// </summary>
    private const int ReadAhead = 4 << 20;

    private const int ReceiveBuffer = 16 * 1024;
    private const int MaxGreeting = 1024;

    private readonly Socket _socket;
    private readonly Lock _gate;
    private readonly ArrivalCounter? _arrivals;
    private readonly CancellationTokenSource _ended;
    private readonly Pipe _pipe = new(
        new PipeOptions(pauseWriterThreshold: ReadAhead, resumeWriterThreshold: ReadAhead / 2)
    );

    /// <param name="gate">The lock under which messages are written to <see cref="Outbox"/>.</param>
    /// <param name="stop">Ends the connection.</param>
    public FrameSocket(Socket socket, Lock gate, ArrivalCounter? arrivals, CancellationToken stop)
    {
        _socket = socket;
        _gate = gate;
        _arrivals = arrivals;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Outbox = new Outbox(socket, gate);
    }

    public Outbox Outbox { get; }

    /// <summary>
    /// Receives, serves and sends until the connection ends. When serving ends, what it has written is still sent.
    /// </summary>
    public async Task RunAsync(Func<CancellationToken, Task> serve)
    {
        Task[] work =
        [
            EndingAsync(ReceiveAsync(_ended.Token), isLast: false),
            EndingAsync(ServeAsync(serve, _ended.Token), isLast: false),
            EndingAsync(Outbox.RunAsync(_ended.Token), isLast: true),
        ];
        await Task.WhenAll(work);
    }

    /// <summary>Ends the connection at once.</summary>
    public void Abandon() => _ended.Cancel();

    /// <summary>Reads a client's greeting.</summary>
    public async ValueTask<Greeting> ReadGreetingAsync(CancellationToken cancellationToken)
    {
        // An old client sends three bytes and waits.
        var letters = await _pipe.Reader.ReadAtLeastAsync(Greeting.ShortestLegacy, cancellationToken);
        if (Greeting.TryLegacy(letters.Buffer) is { } legacy)
        {
            return legacy;
        }

        if (letters.Buffer.Length < FrameBuffer.Prefix)
        {
            _pipe.Reader.AdvanceTo(letters.Buffer.Start, letters.Buffer.End);
            letters = await _pipe.Reader.ReadAtLeastAsync(FrameBuffer.Prefix, cancellationToken);
        }

        if (letters.Buffer.Length < FrameBuffer.Prefix || !IsGreeting(letters.Buffer))
        {
            return Greeting.None;
        }

        _pipe.Reader.AdvanceTo(letters.Buffer.GetPosition(FrameBuffer.Prefix));
        if (await ReadFrameAsync(cancellationToken, MaxGreeting) is not { } frame)
        {
            return Greeting.None;
        }

        var isRange = VersionRange.TryParse(frame, out var range);
        Return(frame);
        return isRange ? Greeting.Of(range) : Greeting.None;
    }

    /// <summary>
    /// The next payload, to be given to <see cref="Return"/>; null at the end, or when its length is not valid.
    /// </summary>
    public async ValueTask<ArraySegment<byte>?> ReadFrameAsync(
        CancellationToken cancellationToken,
        int longest = FrameBuffer.MaxPayload
    )
    {
        var prefix = await _pipe.Reader.ReadAtLeastAsync(FrameBuffer.Prefix, cancellationToken);
        if (prefix.Buffer.Length < FrameBuffer.Prefix)
        {
            return null;
        }

        var length = Length(prefix.Buffer);
        if (length == 0 || length > longest)
        {
            return null;
        }

        var whole = FrameBuffer.Prefix + (int)length;
        if (prefix.Buffer.Length < whole)
        {
            _pipe.Reader.AdvanceTo(prefix.Buffer.Start);
            prefix = await _pipe.Reader.ReadAtLeastAsync(whole, cancellationToken);
            if (prefix.Buffer.Length < whole)
            {
                return null;
            }
        }

        var frame = ArrayPool<byte>.Shared.Rent((int)length);
        prefix.Buffer.Slice(FrameBuffer.Prefix, length).CopyTo(frame);
        _pipe.Reader.AdvanceTo(prefix.Buffer.GetPosition(whole));
        return new ArraySegment<byte>(frame, 0, (int)length);
    }

    public static void Return(ArraySegment<byte> frame) => ArrayPool<byte>.Shared.Return(frame.Array!);

    public void Dispose()
    {
        Outbox.Dispose();
        _ended.Dispose();
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var memory = _pipe.Writer.GetMemory(ReceiveBuffer);
                var length = await _socket.ReceiveAsync(memory, SocketFlags.None, cancellationToken);
                if (length == 0)
                {
                    return;
                }

                _arrivals?.Add(memory.Span[..length]);
                _pipe.Writer.Advance(length);
                await _pipe.Writer.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            await _pipe.Writer.CompleteAsync();
        }
    }

    private async Task ServeAsync(Func<CancellationToken, Task> serve, CancellationToken cancellationToken)
    {
        try
        {
            await serve(cancellationToken);
        }
        finally
        {
            await _pipe.Reader.CompleteAsync();
        }

        // A client that has closed its half still gets the answers that it asked for.
        lock (_gate)
        {
            Outbox.End(Ending.Close);
        }
    }

    /// <summary>Runs a part; its failure, or the end of the last part, ends the others.</summary>
    private async Task EndingAsync(Task part, bool isLast)
    {
        try
        {
            await part;
        }
        catch (Exception error)
            when (error is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            isLast = true;
        }
        catch
        {
            await _ended.CancelAsync();
            throw;
        }

        if (isLast)
        {
            await _ended.CancelAsync();
        }
    }

    private static uint Length(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> prefix = stackalloc byte[FrameBuffer.Prefix];
        buffer.Slice(0, FrameBuffer.Prefix).CopyTo(prefix);
        return BinaryPrimitives.ReadUInt32BigEndian(prefix);
    }

    private static bool IsGreeting(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> letters = stackalloc byte[FrameBuffer.Prefix];
        buffer.Slice(0, FrameBuffer.Prefix).CopyTo(letters);
        return letters.SequenceEqual("API\0"u8);
    }
}
