using System.Globalization;

namespace Tidemark.Ingest.Running;

/// <summary>Who holds a pool, as the lease names him: machine, process and run.</summary>
public sealed record LeaseOwner(string Machine, int Process, string RunId)
{
    /// <summary>This process, for a run.</summary>
    public static LeaseOwner Here(string runId) => new(Environment.MachineName, Environment.ProcessId, runId);

    /// <summary>Null when the text names nobody in this way.</summary>
    public static LeaseOwner? TryParse(string text)
    {
        var parts = text.Split('/', 3);
        return
            parts.Length == 3
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            ? new LeaseOwner(parts[0], process, parts[2])
            : null;
    }

    /// <summary>
    /// Whether it was a process of this machine that is no more: seen at once, so that a process that was killed does
    /// not keep its pool until its lease ends. Of another machine's nobody here can tell.
    /// </summary>
    public bool IsDead => Machine == Environment.MachineName && Process != Environment.ProcessId && !Exists(Process);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Machine}/{Process}/{RunId}");

    private static bool Exists(int process)
    {
        try
        {
            using var found = System.Diagnostics.Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false; // no process has this number
        }
    }
}
