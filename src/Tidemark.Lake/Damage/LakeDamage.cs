using Tidemark.Core.Errors;

namespace Tidemark.Lake.Damage;

/// <summary>What of the lake's tables is not there, as far as a listing tells.</summary>
/// <param name="Files">Live files that are gone or of another size than the log says; by table and path.</param>
/// <param name="Unlisted">Tables whose files could not be listed.</param>
public sealed record LakeDamage(IReadOnlyList<DamagedFile> Files, IReadOnlyList<LeftOut> Unlisted)
{
    internal static async Task<LakeDamage> ReadAsync(DataLake lake, CancellationToken cancellationToken)
    {
        var files = new List<DamagedFile>();
        var unlisted = new List<LeftOut>();
        foreach (var table in (await lake.SurveyAsync(cancellationToken)).Tables)
        {
            try
            {
                files.AddRange((await lake.ReadableAsync(table, cancellationToken)).Lost);
            }
            catch (TidemarkException e) when (LakeSurvey.IsOfTheTable(e))
            {
                unlisted.Add(LeftOut.Of(table.Table, e));
            }
        }

        return new LakeDamage(files, unlisted);
    }
}
