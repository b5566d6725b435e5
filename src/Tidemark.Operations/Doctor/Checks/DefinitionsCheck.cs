using Tidemark.Operations.Definitions;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>The definitions that are in force, and whose they are.</summary>
internal sealed class DefinitionsCheck(DescribeDefinitions definitions) : IDoctorCheck
{
    public Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken) =>
        Task.FromResult<CheckAnswer?>(new CheckAnswer(DefinitionsText.Of(definitions.Describe())));
}
