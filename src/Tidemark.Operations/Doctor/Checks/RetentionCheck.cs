using Tidemark.Operations.Tables;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>Checks that <c>retention:</c> names only tables that exist.</summary>
internal sealed class RetentionCheck(RetentionOptions options, Func<RetentionList> list) : IDoctorCheck
{
    public async Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        if (options.Days.Count == 0)
        {
            return null;
        }

        await list().EnsureKnownAsync(cancellationToken);
        return new CheckAnswer(
            $"{options.Days.Count} tables keep their last days; `tidemark retention` says what would go"
        );
    }
}
