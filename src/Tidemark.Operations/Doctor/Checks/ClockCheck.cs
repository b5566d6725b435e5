using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Operations.Planning;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>Checks that the clock can be right, and names the days that it gives the plan.</summary>
internal sealed class ClockCheck(TimeProvider clock, Func<WorkspacePlan> plan) : IDoctorCheck
{
    private static readonly DateTimeOffset s_notBefore = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now < s_notBefore)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "CLOCK_WRONG",
                $"The clock says {now:u}. Set it; trading days depend on it."
            );
        }

        var (from, to) = plan().Window();
        return Task.FromResult<CheckAnswer?>(new CheckAnswer($"{now:u}; plan {from.ToIso()} … {to.ToIso()}"));
    }
}
