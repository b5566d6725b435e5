using System.Net.Sockets;
using System.Text;

namespace Tidemark.Cli.Output;

/// <summary>
/// Tells systemd how a service is (sd_notify(3)): a datagram to the socket that <c>NOTIFY_SOCKET</c> names. Does
/// nothing where nobody listens: that must never stop a service.
/// </summary>
internal sealed class ServiceManager(IReadOnlyDictionary<string, string> environment)
{
    /// <summary>It serves; for people, what it waits for.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>It is alive: with <c>WatchdogSec</c> systemd restarts a service that does not say so in time.</summary>
    public void Alive() => Send("WATCHDOG=1");

    /// <summary>It ends.</summary>
    public void Stopping() => Send("STOPPING=1");

    private void Send(string message)
    {
        if (!environment.TryGetValue("NOTIFY_SOCKET", out var path) || path.Length == 0)
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // A name that begins with @ is one of Linux's abstract sockets.
            socket.SendTo(
                Encoding.UTF8.GetBytes(message),
                new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path)
            );
        }
        catch (Exception e) when (e is SocketException or ArgumentException or PlatformNotSupportedException)
        {
            // Nobody listens there any more.
        }
    }
}
