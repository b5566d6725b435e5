using System.Collections;
using Tidemark.Core;
using Tidemark.Core.Secrets;
using Tidemark.Vendors;

namespace Tidemark.Hosting;

/// <summary>What a host takes from outside: everything that differs between a terminal, a service and a test.</summary>
/// <param name="Environment">Variables; <c>TIDEMARK__…</c> among them override the workspace file.</param>
/// <param name="CurrentFolder">Where the search for a workspace begins; null where the folder was removed.</param>
/// <param name="Clock">The time.</param>
/// <param name="Ids">Identifiers of runs and commits.</param>
/// <param name="Definitions">The folder of the shipped definitions; null for the one beside the program.</param>
public sealed record HostWorld(
    IReadOnlyDictionary<string, string> Environment,
    string? CurrentFolder,
    TimeProvider Clock,
    IIdSource Ids,
    string? Definitions = null
)
{
    /// <summary>The world of this process: its variables and folder, the machine's clock.</summary>
    public static HostWorld OfProcess() =>
        new(
            System
                .Environment.GetEnvironmentVariables()
                .Cast<DictionaryEntry>()
                .ToDictionary(of => (string)of.Key, of => (string?)of.Value ?? "", StringComparer.Ordinal),
            Directory.GetCurrentDirectory(),
            TimeProvider.System,
            new SystemIdSource()
        );

    /// <summary>The available vendors: their sections in the workspace's file, and their clients.</summary>
    public IReadOnlyList<IVendor> Vendors { get; init; } = ShippedVendors.All;

    /// <summary>
    /// The secrets to mask in everything that leaves the process; the workspace's secrets are added.
    /// </summary>
    public SecretMask Secrets { get; init; } = new();

    /// <summary>Standard error, for log lines when no log file is named; null where there is none.</summary>
    public TextWriter? Error { get; init; }

    /// <summary>Called at long waits for a vendor; null where nobody watches.</summary>
    public Action<VendorWait>? OnWait { get; init; }

    /// <summary>
    /// Called with what a user should see to although no call fails for it; null where nobody watches.
    /// </summary>
    public Action<string>? OnWarning { get; init; }
}
