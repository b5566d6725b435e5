using Npgsql;

namespace Tidemark.Control.Dialects;

/// <summary>What a server of PostgreSQL and the role there are.</summary>
/// <param name="Version">For example <c>15.8 (Debian 15.8-0+deb12u1)</c>.</param>
/// <param name="Major">For example 15.</param>
/// <param name="Encoding">Of the database, for example <c>UTF8</c>.</param>
/// <param name="MayWrite">
/// Whether the server and the role can change the tables, or make them when there are none.
/// </param>
internal sealed record ServerFacts(string Version, int Major, string Encoding, bool MayWrite)
{
    private const string Sql = """
        select current_setting('server_version'), cast(current_setting('server_version_num') as integer) / 10000, current_setting('server_encoding'),
          not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off'
            and coalesce(has_table_privilege(to_regclass('ingest_runs'), 'insert') and has_table_privilege(to_regclass('ingest_runs'), 'update'), true)
        """;

    public static async Task<ServerFacts> ReadAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new ServerFacts(reader.GetString(0), reader.GetInt32(1), reader.GetString(2), reader.GetBoolean(3));
    }

    /// <summary>Why such a server cannot keep the control tables; null when it can.</summary>
    public string? Fault(int oldest) =>
        Major < oldest
            ? $"its server is PostgreSQL {Version}, and {oldest} is the oldest that is supported. Use a newer server, or a SQLite file."
        : Encoding != "UTF8"
            ? $"its encoding is {Encoding}, which cannot keep all text. Make another: `createdb -E UTF8 -T template0 NAME`."
        : null;
}
