using Tidemark.Core.Secrets;
using Tidemark.Hosting.Workspace;

namespace Tidemark.Hosting;

/// <summary>
/// Collects the secrets named by a workspace's file and the environment. A token in the control database is added when
/// it is read.
/// </summary>
internal static class WorkspaceSecrets
{
    public static void Add(WorkspaceOptions options, SecretMask secrets)
    {
        foreach (var secret in options.Secrets.Where(s => s.IsAvailable))
        {
            secrets.Add(secret.Read());
        }

        secrets.Add(Password(options.Control.Value));
        foreach (var address in options.Addresses)
        {
            secrets.Add(Password(address.OriginalString));
        }
    }

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
