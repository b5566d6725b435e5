using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.DuckDb;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Catalog;

/// <summary>A file <c>NNN_name.sql</c> with views and macros of the user's own.</summary>
/// <param name="Version">The number before its name; files are applied in this order.</param>
/// <param name="Name">The name.</param>
/// <param name="Path">The file.</param>
/// <param name="Sql">Its text.</param>
/// <param name="Sha256">The hash of the text.</param>
public sealed record CatalogMigration(int Version, string Name, string Path, string Sql, string Sha256);

/// <summary>
/// The migrations of <c>catalog.duckdb</c>. Every refresh makes the file anew and applies them all, so that a changed
/// file needs no new number: the next refresh applies it. <c>-- needs: dwd.dwd_stock_daily(symbol, close)</c> at its
/// top leaves a file out while there is no such table with such columns, because DuckDB binds a view or macro when it
/// is made. They make views, macros and tables of the catalog, and run behind a fence (<see cref="QueryFence"/>): no
/// other file is read, and none is written.
/// </summary>
internal static partial class CatalogMigrations
{
    private static readonly StatementKind[] s_allowed =
    [
        StatementKind.Select,
        StatementKind.Create,
        StatementKind.CreateFunction,
        StatementKind.Insert,
        StatementKind.Update,
        StatementKind.Delete,
        StatementKind.Alter,
        StatementKind.Drop,
    ];

    /// <summary>A file that fails; other files and the tables are not affected.</summary>
    public static LeftOut LeftOutOf(string path, TidemarkException fault) =>
        new(System.IO.Path.GetFileName(path), LeftOut.MigrationCode, fault.Message, IsTable: false);

    /// <summary>
    /// A file whose needs no table meets. It waits, and only a query for one of its views or macros reports it.
    /// </summary>
    public static LeftOut Unmet(CatalogMigration migration)
    {
        var needs = NeedsOf(migration.Sql)
            .Select(n => n.Columns.Length == 0 ? n.Table : $"{n.Table} ({string.Join(", ", n.Columns)})");
        return new LeftOut(
            System.IO.Path.GetFileName(migration.Path),
            "TABLE_UNKNOWN",
            $"{migration.Path} needs {string.Join(" and ", needs)}, which the lake does not have yet. `tidemark tables` lists what it has.",
            IsTable: false
        );
    }

    /// <summary>The migrations whose needs the tables meet.</summary>
    public static IReadOnlyList<CatalogMigration> Fitting(
        IReadOnlyList<CatalogMigration> migrations,
        IEnumerable<TableSnapshot> tables
    )
    {
        var columns = tables.ToDictionary(
            t => t.Table.ToString(),
            t => t.Columns.Select(c => c.Name).ToHashSet(StringComparer.OrdinalIgnoreCase),
            StringComparer.Ordinal
        );
        return
        [
            .. migrations.Where(m =>
                NeedsOf(m.Sql).All(n => columns.TryGetValue(n.Table, out var has) && n.Columns.All(has.Contains))
            ),
        ];
    }

    private static IEnumerable<(string Table, string[] Columns)> NeedsOf(string sql) =>
        sql.Split('\n')
            .TakeWhile(l => l.StartsWith("--", StringComparison.Ordinal) || string.IsNullOrWhiteSpace(l))
            .Select(l => Needs().Match(l))
            .Where(m => m.Success)
            .Select(m =>
                (
                    m.Groups["table"].Value,
                    m.Groups["columns"]
                        .Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                )
            );

    /// <summary>Applies migrations and notes them in <c>catalog_meta.schema_migrations</c>.</summary>
    /// <exception cref="FailedMigrationException">A statement fails; the message names file and line.</exception>
    public static void Apply(
        DuckDbConnection connection,
        IReadOnlyList<CatalogMigration> migrations,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        connection.Execute(
            "CREATE TABLE catalog_meta.schema_migrations (version INTEGER PRIMARY KEY, name VARCHAR, sha256 VARCHAR, applied_at TIMESTAMP)",
            cancellationToken
        );
        foreach (var migration in migrations)
        {
            foreach (var statement in SqlText.Statements(migration.Sql))
            {
                try
                {
                    EnsureAllowed(connection, statement.Text);
                    connection.Execute(statement.Text, cancellationToken);
                }
                catch (DuckDbException e) when (!StorageErrors.IsFull(e.EngineMessage)) // that is no fault of the file
                {
                    throw new FailedMigrationException(
                        migration,
                        Fault(migration.Path, LineOf(statement, e), e.EngineMessage)
                    );
                }
            }

            connection.Execute(
                "INSERT INTO catalog_meta.schema_migrations VALUES ($1, $2, $3, $4)",
                cancellationToken,
                migration.Version,
                migration.Name,
                migration.Sha256,
                now
            );
        }
    }

    // Ask the engine what a prepared statement is: our own reading of the text may be wrong.
    private static void EnsureAllowed(DuckDbConnection connection, string text)
    {
        using var statement = connection.PrepareOnly(text);
        if (statement is null || !s_allowed.Contains(statement.Kind))
        {
            throw new DuckDbException(
                $"Only views, macros and tables of the catalog can be made here (CREATE, COMMENT, INSERT, UPDATE, DELETE, ALTER, DROP, SELECT), not: {text.Trim()}",
                text
            );
        }
    }

    /// <exception cref="TidemarkException">The file has a wrong name, or cannot be read.</exception>
    public static CatalogMigration Read(string path)
    {
        var match = FileName().Match(System.IO.Path.GetFileName(path));
        if (!match.Success)
        {
            throw Fault(path, 1, "its name is not like 100_my_views.sql; the numbers from 100 on are yours");
        }

        var sql = TextOf(path);
        return new CatalogMigration(
            int.Parse(match.Groups["version"].ValueSpan, CultureInfo.InvariantCulture),
            match.Groups["name"].Value,
            path,
            sql,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)))
        );
    }

    private static string TextOf(string path)
    {
        try
        {
            return DataFile.ReadText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Fault(path, 1, $"it cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

    public static TidemarkException SameNumber(string path, string other) =>
        Fault(path, 1, $"{System.IO.Path.GetFileName(other)} has the same number. Give each its own.");

    // DuckDB counts lines from the beginning of the statement; some of its errors have no line.
    private static int LineOf(SqlStatement statement, DuckDbException error)
    {
        var match = Line().Match(error.EngineMessage);
        return match.Success
            ? statement.FirstLine - 1 + int.Parse(match.Groups["line"].ValueSpan, CultureInfo.InvariantCulture)
            : statement.Line;
    }

    private static TidemarkException Fault(string path, int line, string message) =>
        new(
            ErrorKind.Configuration,
            LeftOut.MigrationCode,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{path}:{line}: {message.TrimEnd()}\nThe catalog was made without it. Correct the file and run `tidemark catalog migrate`."
            )
        );

    [GeneratedRegex("^(?<version>[0-9]{1,6})_(?<name>[A-Za-z0-9_]+)\\.sql$", RegexOptions.ExplicitCapture)]
    private static partial Regex FileName();

    [GeneratedRegex(
        "^--\\s*needs:\\s*(?<table>[a-z0-9_.]+)\\s*(\\((?<columns>[^)]*)\\))?\\s*$",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Needs();

    [GeneratedRegex("^LINE (?<line>[0-9]{1,6}):", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Line();
}

/// <summary>A file of the user's own fails.</summary>
internal sealed class FailedMigrationException(CatalogMigration migration, TidemarkException fault)
    : Exception(fault.Message, fault)
{
    public CatalogMigration Migration => migration;

    public LeftOut ToLeftOut() => CatalogMigrations.LeftOutOf(migration.Path, fault);
}
