using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Operations.Leases;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>Checks that no lease has a lane without reason.</summary>
internal sealed class LeaseCheck(CheckLeases leases) : IDoctorCheck
{
    public async Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        var found = await leases.RunAsync(new LeaseCheckRequest(repair), cancellationToken);
        if (!found.Released && found.Stuck.FirstOrDefault(l => l.Blocks) is { } stuck)
        {
            throw new TidemarkException(
                ErrorKind.Conflict,
                "LANE_STUCK",
                $"The lane {stuck.Lane.Name()} is held by {stuck.Owner} for no valid reason: {stuck.Reason}. `tidemark doctor --repair` releases it."
            );
        }

        var state = found.Released ? "released" : "the next run takes it over";
        return new CheckAnswer(
            found.Stuck.Count == 0
                ? $"{found.Held} of the lanes held, all with reason"
                : string.Join("; ", found.Stuck.Select(l => $"{l.Lane.Name()}, held by {l.Owner}: {l.Reason}; {state}"))
        );
    }
}
