using Tidemark.Control;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>Checks that the control database opens and can be written.</summary>
internal sealed class ControlCheck(ControlDatabase control) : IDoctorCheck
{
    public Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken) =>
        Task.FromResult<CheckAnswer?>(
            new CheckAnswer(
                control.IsReadOnly
                    ? $"{control.Place}, which is read-only here: nothing can be fetched, built or repaired"
                    : control.Place
            )
        );
}
