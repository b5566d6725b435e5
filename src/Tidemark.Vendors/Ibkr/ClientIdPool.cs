using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tidemark.Core.Errors;

namespace Tidemark.Vendors.Ibkr;

/// <summary>Who connects: each has client ids of its own, so that a test never takes one from production.</summary>
public enum ClientRole
{
    /// <summary>0 to 99.</summary>
    Prod,

    /// <summary>100 to 199.</summary>
    Remote,

    /// <summary>200 to 250.</summary>
    Test,
}

/// <summary>
/// Client ids that the processes of one machine share through lock files (<c>prod-7.lock</c>: process, moment, seconds
/// since 1970). A lock is stale when its process is gone or it was not renewed for its time to live; then it is taken
/// over. Thread-safe.
/// </summary>
/// <param name="folder">Where the lock files are; made when it is not there.</param>
/// <param name="timeToLive">A lease renews its lock three times as often.</param>
public sealed class ClientIdPool(string folder, ClientRole role, TimeSpan timeToLive, TimeProvider clock)
{
    /// <summary>The first and last id of a role.</summary>
    public static (int First, int Last) Range(ClientRole role) =>
        role switch
        {
            ClientRole.Prod => (0, 99),
            ClientRole.Remote => (100, 199),
            _ => (200, 250),
        };

    /// <summary>Takes the lowest free id above one that the gateway has refused.</summary>
    /// <param name="above">Null = any.</param>
    /// <exception cref="IbkrException">All ids are taken, or the folder cannot be used.</exception>
    internal ClientIdLease Take(int? above)
    {
        var (first, last) = Range(role);
        try
        {
            Directory.CreateDirectory(folder);
            for (var id = above + 1 ?? first; id <= last; id++)
            {
                var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Name(role)}-{id}.lock"));
                if (TryLock(path))
                {
                    return new ClientIdLease(id, path, timeToLive, clock);
                }
            }
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw Fault($"the folder {folder} cannot be used ({e.Message}). Check its owner and the disk.", e);
        }

        throw Fault(
            $"none of the client ids {above + 1 ?? first} to {last} is free in {folder}. Stop programs that are connected, or name an id (client_id).",
            inner: null
        );
    }

    /// <summary>The content of a lock file of this process.</summary>
    internal static byte[] Content(TimeProvider clock) =>
        Encoding.ASCII.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Environment.ProcessId} {clock.GetUtcNow().ToUnixTimeSeconds()}\n"
            )
        );

    /// <summary>
    /// Opens the file for itself alone, so that two processes never take over one lock. To the others it is in use
    /// meanwhile.
    /// </summary>
    private bool TryLock(string path)
    {
        try
        {
            using var file = new FileStream(
                path,
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None,
                bufferSize: 1
            );
            Span<byte> found = stackalloc byte[64];
            var length = file.ReadAtLeast(found, found.Length, throwOnEndOfStream: false);
            if (!IsStale(found[..length]))
            {
                return false;
            }

            var mine = Content(clock);
            file.SetLength(0);
            file.Position = 0;
            file.Write(mine);
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }

        // Its last owner may have removed the file while it was open here. Then no other process sees this lock.
        return File.Exists(path);
    }

    private bool IsStale(ReadOnlySpan<byte> found)
    {
        var text = Encoding.ASCII.GetString(found).Split(' ', StringSplitOptions.TrimEntries);
        return text.Length != 2
            || !int.TryParse(text[0], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            || !long.TryParse(text[1], NumberStyles.None, CultureInfo.InvariantCulture, out var renewed)
            || clock.GetUtcNow().ToUnixTimeSeconds() - renewed > timeToLive.TotalSeconds
            || !IsAlive(process);
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string Name(ClientRole role) =>
        role switch
        {
            ClientRole.Prod => "prod",
            ClientRole.Remote => "remote",
            _ => "test",
        };

    private static IbkrException Fault(string what, Exception? inner) =>
        new(ErrorKind.Conflict, IbkrErrorCodes.ClientIdPool, "connect", $"No client id could be taken: {what}", inner);
}
