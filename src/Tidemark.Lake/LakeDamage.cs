using Tidemark.Core.Errors;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake;

/// <summary>Live files of the lake's tables that are missing, as far as a listing shows.</summary>
/// <param name="Files">
/// Live files that are gone, of another size than the log says, or behind a link; by table and path.
/// </param>
/// <param name="Unlisted">
/// Tables whose files could not be listed, and links in a partition's place behind which no live file is.
/// </param>
public sealed record LakeDamage(IReadOnlyList<DamagedFile> Files, IReadOnlyList<LeftOut> Unlisted)
{
    /// <param name="lake">The lake.</param>
    /// <param name="survey">Its tables.</param>
    /// <param name="listed">Versions that were compared with a listing just now; of these tables nothing is listed again.</param>
    /// <param name="cancellationToken">Stops the listings.</param>
    internal static async Task<LakeDamage> ReadAsync(
        DataLake lake,
        LakeSurvey survey,
        IReadOnlyList<TableSnapshot> listed,
        CancellationToken cancellationToken
    )
    {
        var files = new List<DamagedFile>();
        var unlisted = new List<LeftOut>();
        foreach (var table in survey.Tables)
        {
            try
            {
                var readable =
                    listed.FirstOrDefault(l => IsSame(l, table)) ?? await lake.ReadableAsync(table, cancellationToken);
                files.AddRange(readable.Lost);
                unlisted.AddRange(table.IsOurs ? Unnamed(lake, readable) : []);
            }
            catch (TidemarkException e) when (LakeSurvey.IsOfTheTable(e))
            {
                unlisted.Add(LeftOut.Of(table.Table, e));
            }
        }

        return new LakeDamage(files, unlisted);
    }

    /// <summary>
    /// What lies behind links in the folders of some tables. Reads nothing more of a table without links.
    /// </summary>
    internal static async Task<LakeDamage> OfLinksAsync(
        DataLake lake,
        Func<TableId, bool> isMeant,
        CancellationToken cancellationToken
    )
    {
        var files = new List<DamagedFile>();
        var unnamed = new List<LeftOut>();
        foreach (var layer in lake.Store is ILinks ? TableLayers.All : [])
        {
            var names = await lake.Store.ListFoldersAsync(layer + "/", cancellationToken);
            foreach (var id in names.Where(TableId.IsName).Select(name => new TableId(layer, name)).Where(isMeant))
            {
                if (TableLinks.In(lake.Store, id).Count > 0)
                {
                    var standing = await lake.Table(id).SnapshotAsync(cancellationToken);
                    var readable = await lake.ReadableAsync(standing, cancellationToken);
                    files.AddRange(readable.Lost.Where(l => l.Link is not null));
                    unnamed.AddRange(Unnamed(lake, readable));
                }
            }
        }

        return new LakeDamage(files, unnamed);
    }

    private static bool IsSame(TableSnapshot listed, TableSnapshot table) =>
        listed.Table == table.Table && listed.Version == table.Version && listed.Commit == table.Commit;

    private static IEnumerable<LeftOut> Unnamed(DataLake lake, TableSnapshot read) =>
        TableLinks
            .Unnamed(lake.Store, read)
            .Select(link => new LeftOut(link, InnerLink.Code, $"{InnerLink.What}. {TableLinks.AdviceOf(link)}"));
}
