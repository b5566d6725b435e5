using System.Globalization;
using Tidemark.Core.Answers;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Catalog;

/// <content>
/// The versions and files of which the catalog was made, and whether they are still the present ones.
/// </content>
public sealed partial class CatalogFile
{
    /// <summary>Grows whenever a catalog says what it is made of, or that is kept, in another way.</summary>
    private const int Rules = 1;

    private static readonly AnswerShape<CatalogMark?> s_mark = new(
        mark => new AnswerTable([
            .. mark!.Versions.Select(v => (string[])[v.Name, Text(v.Version)]),
            .. mark.LeftOut.Select(l => (string[])[l.Name, Text(l.Version), l.Code, l.Reason, l.IsTable ? "1" : "0"]),
            .. mark.Files.Select(f => (string[])[f.Key, f.Value, ""]),
        ]),
        table => new CatalogMark(
            [.. table.Rows.Where(r => r.Count == 2).Select(r => (r[0], Number(r[1])))],
            [
                .. table
                    .Rows.Where(r => r.Count == 5)
                    .Select(r => new LeftOut(r[0], r[2], r[3], Number(r[1]), r[4] == "1")),
            ],
            table.Rows.Where(r => r.Count == 3).ToDictionary(r => r[0], r => r[1], StringComparer.Ordinal)
        )
    );

    /// <summary>
    /// Whether the catalog is missing, unreadable or of another lake, or was made of other versions or other definition
    /// files than the present ones.
    /// </summary>
    public async Task<bool> IsBehindAsync(CancellationToken cancellationToken) =>
        await IsBehindAsync(await LastAsync(cancellationToken), cancellationToken);

    /// <summary>
    /// Makes the file anew unless it would become what it is. What it left out may have been mended, and a cache may
    /// have other files by now: then it is always made.
    /// </summary>
    /// <exception cref="TidemarkException">As for <see cref="RefreshAsync"/>.</exception>
    public async Task RefreshWhereNeededAsync(CancellationToken cancellationToken)
    {
        var last = await LastAsync(cancellationToken);
        if (lake.Store.IsRemote || last?.LeftOut.Count > 0 || await IsBehindAsync(last, cancellationToken))
        {
            await RefreshAsync(cancellationToken);
        }
    }

    private async Task<bool> IsBehindAsync(CatalogMark? last, CancellationToken cancellationToken) =>
        last is null
        || !last.IsMadeOf(await lake.SurveyAsync(cancellationToken))
        || !CatalogSources.Load(migrations?.Invoke()).AreThoseOf(last.Files);

    /// <summary>
    /// What is in the lake and cannot be used now: tables that cannot be read, and migrations that fail or wait for
    /// such a table. Uses the last refresh's result while it still holds; else makes the catalog in memory, only to
    /// find out. So a file or table that was mended since is not reported any more.
    /// </summary>
    /// <exception cref="TidemarkException">The store does not answer.</exception>
    public async Task<IReadOnlyList<LeftOut>> LeftOutAsync(CancellationToken cancellationToken) =>
        await LeftOutOfAsync(await lake.SurveyAsync(cancellationToken), cancellationToken);

    /// <summary>The same of what a survey found.</summary>
    public async Task<IReadOnlyList<LeftOut>> LeftOutOfAsync(LakeSurvey survey, CancellationToken cancellationToken)
    {
        var sources = CatalogSources.Load(migrations?.Invoke());
        var last = await LastAsync(cancellationToken);
        var isAsItWas =
            last is not null
            && sources.AreThoseOf(last.Files)
            && (last.LeftOut.All(l => l.IsTable) || last.IsMadeOf(survey));
        if (!isAsItWas && survey.Tables.Count > 0)
        {
            return LeftOutOf(survey, sources, cancellationToken);
        }

        var standing = survey.Tables.Select(t => (t.Table.ToString(), t.Version)).ToHashSet();
        return
        [
            .. survey.LeftOut,
            .. (last?.LeftOut ?? []).Where(l => l.IsTable ? standing.Contains((l.Name, l.Version)) : isAsItWas),
        ];
    }

    /// <summary>
    /// The hash of every migration that the catalog has, by its number; empty when it has none or cannot be read.
    /// </summary>
    public IReadOnlyDictionary<int, string> AppliedMigrations()
    {
        try
        {
            using var database = Open(new DuckDbSettings(Threads: 1)).Database;
            using var connection = database?.Connect();
            return connection is null ? new Dictionary<int, string>() : AppliedIn(connection, CancellationToken.None);
        }
        catch (DuckDbException)
        {
            return new Dictionary<int, string>(); // an older or damaged file: the next refresh makes another
        }
    }

    /// <summary>
    /// The user's migration that drops the view of a table, so that the lake has the table and no query finds it; null
    /// when there is none.
    /// </summary>
    public string? DropperOf(TableId table) => CatalogSources.Load(migrations?.Invoke()).DropperOf(table)?.Path;

    /// <summary>
    /// Whether a query names something from a migration that this catalog did not apply, or not in its present form.
    /// </summary>
    private bool NamesBeyond(DuckDbConnection connection, string sql, CancellationToken cancellationToken)
    {
        try
        {
            var sources = CatalogSources.Load(migrations?.Invoke());
            return QueryReach.FirstNamed(sql, sources.NamesBeyond(AppliedIn(connection, cancellationToken)))
                is not null;
        }
        catch (Exception e) when (e is TidemarkException or DuckDbException)
        {
            return false; // definitions that cannot be read are told of by whatever needs them
        }
    }

    private List<LeftOut> LeftOutOf(LakeSurvey survey, CatalogSources sources, CancellationToken cancellationToken)
    {
        var written = Write(
            TablesOf(survey, sources),
            tables =>
            {
                using var database = DuckDbDatabase.Open(settings: new DuckDbSettings(Threads: 1));
                using var connection = database.Connect();
                CatalogContent.Write(connection, tables, sources, lake, new FenceTerms(), cancellationToken);
            }
        );
        return [.. written.LeftOut, .. written.Split(sources.Known).Waiting];
    }

    /// <summary>
    /// The same as <see cref="Last"/>. While the file has the size and the moment of its last change that it had when
    /// it was read, it is not opened again: opening it loads the engine.
    /// </summary>
    private Task<CatalogMark?> LastAsync(CancellationToken cancellationToken)
    {
        var file = new FileInfo(path);
        // Changes that are in its log only are not seen in the file itself.
        var isAlone = file is { Exists: true, LinkTarget: null } && !File.Exists(path + ".wal");
        return (isAlone ? kept : null).OfAsync(
            "what the catalog is made of",
            file.Exists
                ? $"{Rules} {file.FullName} {Text(file.Length)} {Text(file.LastWriteTimeUtc.Ticks)} {lake.Store.ReadablePath("")}"
                : "",
            s_mark,
            () => Task.FromResult(Last(cancellationToken)),
            cancellationToken
        );
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>
    /// What the file says of itself; null when there is none, when it is of another lake or an older program, or when
    /// it cannot be read.
    /// </summary>
    private CatalogMark? Last(CancellationToken cancellationToken)
    {
        try
        {
            using var database = Open(new DuckDbSettings(Threads: 1)).Database;
            using var connection = database?.Connect();
            if (connection is null || !IsOfThisLake(connection, cancellationToken))
            {
                return null;
            }

            using var versions = connection.Query(
                "SELECT table_name, version FROM catalog_meta.table_versions",
                cancellationToken
            );
            using var files = connection.Query(
                "SELECT name, sha256 FROM catalog_meta.definition_files",
                cancellationToken
            );
            return new CatalogMark(
                [.. versions.Rows().Select(r => ((string)r[0]!, (long)r[1]!))],
                LeftOutIn(connection, cancellationToken),
                files.Rows().ToDictionary(r => (string)r[0]!, r => (string)r[1]!, StringComparer.Ordinal)
            );
        }
        catch (DuckDbException)
        {
            return null; // the next refresh makes another
        }
    }

    private bool IsOfThisLake(DuckDbConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            using var shown = connection.Query("SELECT root FROM catalog_meta.lake", cancellationToken);
            return shown.Rows().Any(r => r[0] is string root && root == lake.Store.ReadablePath(""));
        }
        catch (DuckDbException)
        {
            return false; // of an older program
        }
    }

    private static Dictionary<int, string> AppliedIn(DuckDbConnection connection, CancellationToken cancellationToken)
    {
        using var rows = connection.Query(
            "SELECT version::BIGINT, sha256 FROM catalog_meta.schema_migrations",
            cancellationToken
        );
        return rows.Rows().ToDictionary(r => (int)(long)r[0]!, r => (string)r[1]!);
    }

    private static List<LeftOut> LeftOutIn(DuckDbConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            using var rows = connection.Query(
                "SELECT name, code, reason, version, is_table FROM catalog_meta.left_out",
                cancellationToken
            );
            return
            [
                .. rows.Rows()
                    .Select(r => new LeftOut((string)r[0]!, (string)r[1]!, (string)r[2]!, (long)r[3]!, (bool)r[4]!)),
            ];
        }
        catch (DuckDbException)
        {
            return []; // of an older program
        }
    }

    /// <param name="Versions">The versions of the tables that the catalog shows.</param>
    /// <param name="LeftOut">What the catalog does not show.</param>
    /// <param name="Files">The definition files that it was made of, with their hashes.</param>
    private sealed record CatalogMark(
        IReadOnlyList<(string Name, long Version)> Versions,
        IReadOnlyList<LeftOut> LeftOut,
        IReadOnlyDictionary<string, string> Files
    )
    {
        public bool IsMadeOf(LakeSurvey survey) =>
            survey
                .Tables.Select(t => (t.Table.ToString(), t.Version))
                .Concat(survey.LeftOut.Select(l => (l.Name, l.Version)))
                .ToHashSet()
                .SetEquals(Versions.Concat(LeftOut.Where(l => l.IsTable).Select(l => (l.Name, l.Version))));
    }
}
