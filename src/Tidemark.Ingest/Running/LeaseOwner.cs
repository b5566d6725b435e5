using System.Globalization;

namespace Tidemark.Ingest.Running;

/// <summary>The holder of a pool as its lease names it: machine, process and run.</summary>
public sealed record LeaseOwner(string Machine, int Process, string RunId)
{
    /// <summary>This process, as owner of a run's lease.</summary>
    public static LeaseOwner Here(string runId) => new(Environment.MachineName, Environment.ProcessId, runId);

    /// <summary>Parses an owner; null when the text is not of this form.</summary>
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
    /// Whether the owner was a process of this machine that has ended. Checking this frees the pool of a killed process
    /// before its lease ends. For other machines it is always false, because it cannot be seen from here.
    /// </summary>
    public bool IsDead => Machine == Environment.MachineName && Process != Environment.ProcessId && !Exists(Process);

    /// <summary>Machine and process alone, as the rows of runs name them.</summary>
    public string Place => string.Create(CultureInfo.InvariantCulture, $"{Machine}/{Process}");

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
