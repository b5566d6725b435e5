using System.Data.Common;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Tidemark.Control.Dialects;
using Tidemark.Core.Errors;
using Tidemark.Core.Secrets;

namespace Tidemark.Control;

/// <summary>
/// Brings a database up to this program's schema: embedded scripts <c>NNNN_name.sql</c>, each applied once, in order,
/// all in one transaction. What was applied is kept in <c>schema_migrations</c> with a checksum and the program that
/// did it.
/// </summary>
internal static class Migrator
{
    private const string CreateTable = """
        create table if not exists schema_migrations (
          version integer not null primary key,
          name text not null,
          checksum text not null,
          program text not null,
          applied_at bigint not null
        )
        """;

    private const string Insert =
        "insert into schema_migrations (version, name, checksum, program, applied_at) values (@version, @name, @checksum, @program, @applied_at)";

    private static string Program { get; } = "tidemark " + Version();

    public static async Task MigrateAsync(
        ControlDialect dialect,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var migrations = Embedded();
        await using (var connection = await dialect.ConnectAsync(cancellationToken))
        {
            if (await IsCurrentAsync(Session(dialect, connection, null, cancellationToken), migrations, dialect))
            {
                return;
            }

            await dialect.PrepareAsync(connection, cancellationToken);
        }

        await using var write = await dialect.BeginWriteAsync(new Patience(Patience.Usual), cancellationToken);
        var session = Session(dialect, write.Connection, write.Transaction, cancellationToken);
        await session.ExecuteAsync(dialect.Schema(CreateTable));
        // Read again under the lock: another process may have been quicker.
        var applied = await AppliedAsync(session);
        Check(applied, migrations, dialect.Place);
        foreach (var migration in migrations.Skip(applied.Count))
        {
            await session.ExecuteAsync(dialect.Schema(migration.Sql));
            await session.ExecuteAsync(
                Insert,
                ("@version", migration.Version),
                ("@name", migration.Name),
                ("@checksum", migration.Checksum),
                ("@program", Program),
                ("@applied_at", time.GetUtcNow().ToUnixTimeMilliseconds())
            );
        }

        await write.CommitAsync(cancellationToken);
    }

    /// <summary>For a database that cannot be changed.</summary>
    /// <exception cref="TidemarkException">It is not of this program's schema.</exception>
    public static async Task EnsureCurrentAsync(ControlDialect dialect, CancellationToken cancellationToken)
    {
        await using var connection = await dialect.ConnectAsync(cancellationToken);
        if (!await IsCurrentAsync(Session(dialect, connection, null, cancellationToken), Embedded(), dialect))
        {
            throw ControlErrors.OlderAndReadOnly(dialect.Place);
        }
    }

    private static ControlSession Session(
        ControlDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    ) => new(dialect, connection, transaction, new SecretMask(), cancellationToken);

    /// <summary>The quick way through on every start but the first: two small reads.</summary>
    private static async Task<bool> IsCurrentAsync(
        ControlSession session,
        IReadOnlyList<Migration> migrations,
        ControlDialect dialect
    )
    {
        var tables = await session.QueryAsync(
            dialect.CountTablesSql,
            reader => reader.GetInt64(0),
            ("@name", "schema_migrations")
        );
        if (tables[0] == 0)
        {
            return false;
        }

        var applied = await AppliedAsync(session);
        Check(applied, migrations, dialect.Place);
        return applied.Count == migrations.Count;
    }

    private static Task<List<Applied>> AppliedAsync(ControlSession session) =>
        session.QueryAsync(
            "select version, name, checksum, program from schema_migrations order by version",
            reader => new Applied(reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetString(3))
        );

    private static void Check(IReadOnlyList<Applied> applied, IReadOnlyList<Migration> migrations, string path)
    {
        var known = migrations[^1].Version;
        if (applied.Count > 0 && applied[^1].Version > known)
        {
            var newest = applied[^1];
            throw new TidemarkException(
                ErrorKind.Configuration,
                "CONTROL_NEWER",
                $"The control database {path} has schema version {newest.Version}, written by {newest.Program}; this is {Program}, which knows "
                    + $"version {known} at most. Use {newest.Program} or a newer one, or set 'control' to another database. Nothing was changed."
            );
        }

        for (var i = 0; i < applied.Count; i++)
        {
            if (applied[i].Version != migrations[i].Version || applied[i].Checksum != migrations[i].Checksum)
            {
                throw new TidemarkException(
                    ErrorKind.Configuration,
                    "CONTROL_ALTERED",
                    $"The control database {path} records migration {applied[i].Version} ({applied[i].Name}, by {applied[i].Program}), which differs "
                        + $"from the one that {Program} has. Use the program that made it, or restore the database. Nothing was changed."
                );
            }
        }
    }

    internal static IReadOnlyList<Migration> Embedded()
    {
        var assembly = typeof(Migrator).Assembly;
        var migrations = new List<Migration>();
        foreach (var name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (!name.EndsWith(".sql", StringComparison.Ordinal))
            {
                continue;
            }

            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            // A checkout may have turned the line ends.
            var sql = reader.ReadToEnd().Replace("\r\n", "\n", StringComparison.Ordinal);
            var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
            var version = int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture);
            migrations.Add(new Migration(version, name[5..^4], sql, checksum));
        }

        return migrations;
    }

    private static string Version() =>
        typeof(Migrator).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    internal sealed record Migration(int Version, string Name, string Sql, string Checksum);

    private sealed record Applied(int Version, string Name, string Checksum, string Program);
}
