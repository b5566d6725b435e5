using Tidemark.Core.Errors;
using Tidemark.Operations.Symbols;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>
/// Compares targets and codes with the lists. Codes that no list has are reported but are no failure; a target that
/// cannot be followed is one.
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
