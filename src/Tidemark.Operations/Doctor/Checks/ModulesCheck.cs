using Tidemark.Ingest.Modules;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>Tells of flags and a source configuration that cannot be read, so that defaults count.</summary>
internal sealed class ModulesCheck(ModulePlans modules) : IDoctorCheck
{
    public async Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken) =>
        (await modules.ReadAsync(cancellationToken)).Problems is { Count: > 0 } problems
            ? new CheckAnswer(string.Join(" | ", problems), Warns: true)
            : null;
}
