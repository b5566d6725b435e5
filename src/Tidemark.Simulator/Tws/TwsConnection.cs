using System.Net.Sockets;
using Tidemark.Simulator.Faults;

namespace Tidemark.Simulator.Tws;

/// <summary>Serves one client of the gateway, from the greeting to the end.</summary>
internal static class TwsConnection
{
    public static async Task RunAsync(Gateway gateway, Socket client, CancellationToken stop)
    {
        if (!gateway.TryConnect())
        {
            gateway.Options.Log(
                $"a client was sent away: {Gateway.MaxClients} are connected, and there is room for no more"
            );
            return;
        }

        var gate = new Lock();
        using var socket = new FrameSocket(client, gate, new ArrivalCounter(gateway.Statistics, gateway.Clock), stop);
        using var session = new TwsSession(gateway, socket, gate);
        try
        {
            await socket.RunAsync(cancellationToken => ServeAsync(gateway, socket, session, cancellationToken));
        }
        finally
        {
            gateway.Disconnect();
        }
    }

    private static async Task ServeAsync(
        Gateway gateway,
        FrameSocket socket,
        TwsSession session,
        CancellationToken cancellationToken
    )
    {
        var isOpen = await GreetAsync(gateway, socket, session, cancellationToken);
        while (isOpen && await socket.ReadFrameAsync(cancellationToken) is { } frame)
        {
            isOpen = await session.HandleAsync(frame, cancellationToken);
            FrameSocket.Return(frame);
        }
    }

    /// <summary>
    /// Answers the greeting; false when it is none, or when its range of versions does not include ours. The reason
    /// goes to the log, and to a client from before version 100: only these can read a message before versions are
    /// agreed.
    /// </summary>
    private static async Task<bool> GreetAsync(
        Gateway gateway,
        FrameSocket socket,
        TwsSession session,
        CancellationToken cancellationToken
    )
    {
        var greeting = await socket.ReadGreetingAsync(cancellationToken);
        if (!greeting.Admits(TwsSimulator.ServerVersion, out var reason))
        {
            gateway.Options.Log($"a client was sent away: {reason}");
            if (greeting.IsLegacy)
            {
                session.SendAway(reason);
            }

            return false;
        }

        var fault = gateway.Faults?.Next("hello", new Dictionary<string, string>());
        if (fault?.Delay is { } delay)
        {
            await Task.Delay(delay, gateway.Clock, cancellationToken);
        }

        if (fault?.Kind is FaultKind.Drop or FaultKind.HangUp)
        {
            return false;
        }

        session.Greet(greeting.Range, fault);
        return true;
    }
}
