using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Core.Secrets;
using Tidemark.Hosting.Workspace;
using Tidemark.Vendors;

namespace Tidemark.Cli.Output;

/// <summary>
/// Everything that a command takes from outside: two outputs, the environment, the clock. Tests replace it. The
/// current folder is null where it was removed meanwhile.
/// </summary>
internal sealed record CommandWorld(
    TextReader In,
    TextWriter Out,
    TextWriter Error,
    bool IsInteractive,
    IReadOnlyDictionary<string, string> Environment,
    string? CurrentFolder,
    TimeProvider Clock,
    IIdSource Ids
)
{
    /// <summary>
    /// Reads a line typed at a terminal without showing it; null when standard input is no terminal.
    /// </summary>
    public Func<string?>? ReadHidden { get; init; }

    /// <summary>Secrets that no output may contain; filled when a workspace is opened.</summary>
    public SecretMask Secrets { get; init; } = new();

    /// <summary>Called at long waits for a vendor.</summary>
    public Action<VendorWait>? OnWait { get; init; }

    /// <summary>Hears of what a user should see to although nothing fails for it; null for nobody.</summary>
    public Action<string>? OnWarning { get; init; }

    /// <summary>Ends the process at once, whatever its other threads are doing.</summary>
    public Action<int> Exit { get; init; } = _ => { };

    /// <summary>Makes a typed path absolute.</summary>
    /// <exception cref="TidemarkException">It is relative, and there is no current folder any more.</exception>
    public string FullPath(string path) => WorkspaceLocator.FullPath(path, CurrentFolder);
}
