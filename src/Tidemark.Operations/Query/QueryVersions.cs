using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Query;

/// <summary>
/// Chooses the version of each table for a query. A table that cannot be read takes out only the queries that name it.
/// </summary>
internal sealed class QueryVersions(DataLake lake)
{
    /// <returns>The versions, and the tables that cannot be read with their reasons.</returns>
    /// <exception cref="TidemarkException">
    /// A version does not exist, or its table does not.
    /// </exception>
    public async Task<(IReadOnlyCollection<TableSnapshot> Versions, IReadOnlyList<LeftOut> LeftOut)> ReadAsync(
        QueryRequest request,
        CancellationToken cancellationToken
    )
    {
        var survey = await lake.SurveyAsync(cancellationToken);
        var leftOut = survey.LeftOut.ToList();
        var versions = survey.Tables.ToDictionary(t => t.Table);
        if (request.AsOf is { } moment)
        {
            foreach (var table in survey.Tables.Select(t => t.Table))
            {
                versions.Remove(table);
                await AddAsync(table, () => AsOfAsync(lake.Table(table), moment, cancellationToken));
            }
        }

        foreach (var text in request.Versions)
        {
            var (name, version) = Parse(text);
            var table = await lake.NamedAsync(name, cancellationToken);
            if (!versions.Remove(table) && leftOut.Exists(l => l.Name == table.ToString()))
            {
                continue; // who asks for it is told why it cannot be read
            }

            var found = await lake.FindAsync(table, cancellationToken);
            await AddAsync(table, async () => await found.SnapshotAtAsync(version, cancellationToken));
        }

        return (versions.Values, leftOut);

        async Task AddAsync(TableId table, Func<Task<TableSnapshot?>> read)
        {
            try
            {
                if (await read() is { } snapshot)
                {
                    versions[table] = snapshot;
                }
            }
            catch (TidemarkException e)
                when (LakeSurvey.IsOfTheTable(e) || (request.AsOf is not null && e.Code == "VERSION_GONE"))
            {
                leftOut.Add(LeftOut.Of(table, e));
            }
        }
    }

    private static (string Table, long Version) Parse(string text)
    {
        var equals = text.LastIndexOf('=');
        return
            equals > 0
            && long.TryParse(text.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? (text[..equals], version)
            : throw new TidemarkException(
                ErrorKind.BadRequest,
                "VERSION_INVALID",
                $"--as-of-version {text}: expected TABLE=V like ods.ods_daily=3."
            );
    }

    /// <summary>The version at a moment; null when the table is younger.</summary>
    private static async Task<TableSnapshot?> AsOfAsync(
        LakeTable table,
        DateTimeOffset moment,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await table.SnapshotAsOfAsync(moment, cancellationToken);
        }
        catch (TidemarkException e) when (e.Code == "VERSION_UNKNOWN")
        {
            return null;
        }
    }
}
