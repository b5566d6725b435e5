using System.Globalization;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest;
using Tidemark.Vendors;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>
/// Tells which sources did not answer when they were last asked, and when the others last did. Asks none itself.
/// </summary>
internal sealed class SourcesCheck(IVendorDirectory vendors, DatasetRegistry datasets) : IDoctorCheck
{
    public async Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        var said = new List<string>();
        var warns = false;
        foreach (var vendor in datasets.All.Select(d => d.Vendor).Distinct(StringComparer.Ordinal))
        {
            if (await vendors.TryConnectAsync(vendor, cancellationToken) is not { } client)
            {
                continue;
            }

            var sources = await client.SourcesAsync(cancellationToken);
            var down = sources.Where(s => s.IsDown).ToArray();
            warns |= down.Length > 0;
            said.AddRange(down.Select(Down));
            if (down.Length == 0 && sources.Max(s => s.LastSuccessAt) is { } last)
            {
                said.Add(string.Create(CultureInfo.InvariantCulture, $"{vendor} last answered at {last:u}"));
            }
        }

        return said.Count == 0 ? null : new CheckAnswer(string.Join(" | ", said), warns);
    }

    private static string Down(SourceState source)
    {
        var before = source.LastSuccessAt is { } last
            ? string.Create(CultureInfo.InvariantCulture, $", last answered at {last:u}")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{source.Name} did not answer {source.Failures} calls in a row from {source.FailingSince:u} to {source.LastFailureAt:u}{before}. The next command that needs it asks once, a longer one again from {source.NextRetryAt:u} on. {source.LastError}"
        );
    }
}
