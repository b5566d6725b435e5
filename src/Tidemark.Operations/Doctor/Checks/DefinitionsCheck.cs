using Tidemark.Operations.Definitions;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>Reports the definitions in force and their origins; unusable ones are failures.</summary>
internal sealed class DefinitionsCheck(DescribeDefinitions definitions) : IDoctorCheck
{
    public Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        var report = definitions.Describe();
        return Task.FromResult<CheckAnswer?>(
            new CheckAnswer(DefinitionsText.Of(report))
            {
                LeftOut = [.. report.LeftOut.Select(f => $"the {f.Kind} {f.Id} is left out: {f.Code}: {f.Reason}")],
            }
        );
    }
}
