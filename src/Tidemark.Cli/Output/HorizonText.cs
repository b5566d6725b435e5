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
            ? $"{horizon.Dataset}: the vendor had no rows for the days before {horizon.First.ToIso()}, and has had some since; {before} and {(horizon.Units == 1 ? "is" : "are")} not asked for (vendor_horizon). `tidemark refetch {horizon.Dataset} --from … --to …` asks again"
            : $"{horizon.Dataset}: the vendor has it from {horizon.First.ToIso()}; {before} (vendor_horizon)";
    }
}
