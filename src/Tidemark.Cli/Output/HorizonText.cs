using System.Globalization;
using Tidemark.Core;
using Tidemark.Ingest.Planning;

namespace Tidemark.Cli.Output;

/// <summary>A line about days that a vendor does not have.</summary>
internal static class HorizonText
{
    public static string Of(VendorHorizon horizon)
    {
        var before = string.Create(
            CultureInfo.InvariantCulture,
            $"{horizon.Units:N0} wanted {(horizon.Units == 1 ? "unit lies" : "units lie")} before"
        );
        return horizon.IsLearned
            ? $"{horizon.Dataset}: days before {horizon.First.ToIso()} were given up, as the vendor had no rows for weeks; {before} and nobody has asked for {(horizon.Units == 1 ? "it" : "them")} (vendor_horizon). `tidemark backfill --from … --to … --datasets {horizon.Dataset}` does"
            : $"{horizon.Dataset}: the vendor has it from {horizon.First.ToIso()}; {before} (vendor_horizon)";
    }
}
