using Tidemark.Core.Errors;
using Tidemark.Operations.Symbols;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>
/// Targets and codes against the lists. Codes that no list has are nobody's mistake here, and are told; a target that
/// nobody can follow is one.
/// </summary>
internal sealed class SymbolsCheck(SymbolFindings symbols) : IDoctorCheck
{
    public async Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        var found = await symbols.RunAsync(days: null, cancellationToken);
        return found.HasWrongTargets
                ? throw new TidemarkException(ErrorKind.Configuration, "TARGETS_UNKNOWN", found.TargetLine!)
            : found.Lines.Count > 0 ? new CheckAnswer(string.Join(' ', found.Lines), Warns: true)
            : new CheckAnswer(
                found.HasLists ? "every target and every code is in a list" : "no list is there yet to look codes up in"
            );
    }
}
