using Tidemark.Control.Dialects;
using Tidemark.Core.Secrets;
using Tidemark.Hosting.Workspace;

namespace Tidemark.Hosting;

/// <summary>
/// Collects the secrets named by a workspace's file and the environment. A token in the control database is added when
/// it is read.
/// </summary>
internal static class WorkspaceSecrets
{
    private const int ShortestKey = 20;

    public static void Add(WorkspaceOptions options, SecretMask secrets)
    {
        foreach (var secret in options.Secrets.Where(s => s.IsAvailable))
        {
            secrets.Add(secret.Read());
        }

        foreach (
            var part in options
                .Addresses.Select(a => a.OriginalString)
                .Append(options.Control.Value)
                .SelectMany(PartsOf)
        )
        {
            secrets.Add(part);
            // A server may answer with what it understood, not with what was sent.
            secrets.Add(Uri.UnescapeDataString(part));
        }
    }

    /// <summary>
    /// What may be secret in an address: the user where there is no password, the password, the values behind the
    /// question mark, and parts of the path that look like a key.
    /// </summary>
    private static IEnumerable<string> PartsOf(string address)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            yield break;
        }

        var rest = address[(scheme + 3)..];
        if (Password(address) is { } password)
        {
            yield return password;
        }
        else if (rest.LastIndexOf('@') is var at and > 0 && !PostgresAddress.IsOne(address))
        {
            yield return rest[..at];
        }

        var query = rest.IndexOf('?', StringComparison.Ordinal);
        foreach (var pair in query < 0 ? [] : rest[(query + 1)..].Split('&', '#'))
        {
            var value = pair.IndexOf('=', StringComparison.Ordinal) + 1;
            if (!PostgresAddress.IsOne(address) || !PostgresAddress.IsOpen(pair[..Math.Max(value - 1, 0)]))
            {
                yield return pair[value..];
            }
        }

        var path = (query < 0 ? rest : rest[..query]).Split('/').Skip(1);
        foreach (var part in PostgresAddress.IsOne(address) ? [] : path.Where(IsLikeAKey))
        {
            yield return part;
        }
    }

    // Names of paths are words; a key is long and mixes letters and digits.
    private static bool IsLikeAKey(string part) =>
        part.Length >= ShortestKey && part.Any(char.IsAsciiDigit) && part.Any(char.IsAsciiLetter);

    /// <summary>
    /// The text between the colon and the last @ of a URL like <c>postgres://user:password@host/db</c>.
    /// </summary>
    private static string? Password(string location)
    {
        var scheme = location.IndexOf("://", StringComparison.Ordinal);
        var at = location.LastIndexOf('@');
        var colon = scheme < 0 || at < scheme ? -1 : location.IndexOf(':', scheme + 3);
        return colon >= 0 && colon < at ? location[(colon + 1)..at] : null;
    }
}
