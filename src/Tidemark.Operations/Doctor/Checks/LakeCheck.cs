using Tidemark.Lake;
using Tidemark.Operations.Tables;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>Reports the lake's tables, and what is left out.</summary>
internal sealed class LakeCheck(DataLake lake, FindLeftOut leftOut) : IDoctorCheck
{
    public async Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        var survey = await lake.SurveyAsync(cancellationToken);
        var report = await leftOut.AllAsync(cancellationToken);
        return new CheckAnswer($"{survey.Tables.Count} tables") { LeftOut = report.Lines };
    }
}
