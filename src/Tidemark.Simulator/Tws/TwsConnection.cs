using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;
using Tidemark.Simulator.Faults;

namespace Tidemark.Simulator.Tws;

/// <summary>One client's socket, from the greeting to the end: bytes in, frames to the session, bytes out.</summary>
internal sealed class TwsConnection(Gateway gateway, Socket socket)
{
    /// <summary>How far ahead of the session a client is read: its messages are to be counted when they come, not when they are let through.</summary>
    private const int ReadAhead = 4 << 20;

    private const int ReceiveBuffer = 16 * 1024;
    private const int MaxGreeting = 1024;

    private readonly Pipe _pipe = new(
        new PipeOptions(pauseWriterThreshold: ReadAhead, resumeWriterThreshold: ReadAhead / 2)
    );

    public async Task RunAsync(CancellationToken stop)
    {
        if (!gateway.TryConnect())
        {
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var session = new TwsSession(gateway, socket, ended.Cancel);
        Task[] work =
        [
            EndingAsync(ReceiveAsync(ended.Token), isLast: false),
            EndingAsync(ServeAsync(session, ended.Token), isLast: false),
            EndingAsync(session.Outbox.RunAsync(ended.Token), isLast: true),
        ];
        try
        {
            await Task.WhenAll(work);
        }
        finally
        {
            session.Dispose();
            gateway.Disconnect();
        }

        // When nothing more is received, what was is still served, and then sent; when one of them fails the others end with it.
        async Task EndingAsync(Task part, bool isLast)
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

            if (isLast)
            {
                await ended.CancelAsync();
            }
        }
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        var arrivals = new ArrivalCounter(gateway.Statistics, gateway.Clock);
        try
        {
            while (true)
            {
                var memory = _pipe.Writer.GetMemory(ReceiveBuffer);
                var length = await socket.ReceiveAsync(memory, SocketFlags.None, cancellationToken);
                if (length == 0)
                {
                    return;
                }

                arrivals.Add(memory.Span[..length]);
                _pipe.Writer.Advance(length);
                await _pipe.Writer.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            await _pipe.Writer.CompleteAsync();
        }
    }

    private async Task ServeAsync(TwsSession session, CancellationToken cancellationToken)
    {
        try
        {
            var isOpen = await GreetAsync(session, cancellationToken);
            while (isOpen && await ReadFrameAsync(cancellationToken) is { } frame)
            {
                try
                {
                    isOpen = await session.HandleAsync(frame, cancellationToken);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(frame.Array!);
                }
            }
        }
        finally
        {
            await _pipe.Reader.CompleteAsync();
        }

        // A client that has closed its half still gets what it asked for.
        session.Finish();
    }

    /// <summary>Answers the greeting; false when it is none, or when its range of versions leaves this one out.</summary>
    private async Task<bool> GreetAsync(TwsSession session, CancellationToken cancellationToken)
    {
        var letters = await _pipe.Reader.ReadAtLeastAsync(FrameBuffer.Prefix, cancellationToken);
        if (letters.Buffer.Length < FrameBuffer.Prefix || !IsGreeting(letters.Buffer))
        {
            return false;
        }

        _pipe.Reader.AdvanceTo(letters.Buffer.GetPosition(FrameBuffer.Prefix));
        if (await ReadFrameAsync(cancellationToken, MaxGreeting) is not { } frame)
        {
            return false;
        }

        var isInRange = VersionRange.TryParse(frame, out var range) && range.Contains(TwsSimulator.ServerVersion);
        ArrayPool<byte>.Shared.Return(frame.Array!);
        if (!isInRange)
        {
            return false;
        }

        var fault = gateway.Faults?.Next("hello", new Dictionary<string, string>());
        if (fault?.Delay is { } delay)
        {
            await Task.Delay(delay, gateway.Clock, cancellationToken);
        }

        return fault?.Kind is not (FaultKind.Drop or FaultKind.HangUp) && session.Greet(range, fault);
    }

    /// <summary>The next payload, in rented memory; null at the end, or when its length cannot be.</summary>
    private async ValueTask<ArraySegment<byte>?> ReadFrameAsync(
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
