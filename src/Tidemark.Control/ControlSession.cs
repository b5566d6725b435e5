using System.Data.Common;
using Tidemark.Control.Dialects;
using Tidemark.Core.Secrets;

namespace Tidemark.Control;

/// <summary>
/// One connection, and the transaction when there is one. Values travel as named parameters; a null is stored as null,
/// and secrets in texts as asterisks. Where a statement asks whether a parameter is null, it says of which type it is:
/// <c>cast(@x as text) is null</c>. Plain ADO.NET, because <c>status</c> must not wait for a mapper to warm up.
/// </summary>
internal sealed class ControlSession(
    ControlDialect dialect,
    DbConnection connection,
    DbTransaction? transaction,
    SecretMask secrets,
    CancellationToken cancellationToken
)
{
    /// <summary>Stands in SQL for what time the database has, in epoch milliseconds.</summary>
    public const string NowSql = "now_milliseconds()";

    public async Task<int> ExecuteAsync(string sql, params (string Name, object? Value)[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<List<T>> QueryAsync<T>(
        string sql,
        Func<DbDataReader, T> map,
        params (string Name, object? Value)[] values
    )
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    /// <summary>
    /// Runs one statement for each item, tens of thousands at little cost. Parameters are set by position, in the order
    /// of <paramref name="names"/>.
    /// </summary>
    public Task ExecuteManyAsync<T>(
        string sql,
        IReadOnlyList<string> names,
        IEnumerable<T> items,
        Action<T, DbParameterCollection> set
    ) =>
        dialect.ExecuteManyAsync(
            connection,
            transaction,
            Translated(sql),
            names,
            Values(names, items, set),
            cancellationToken
        );

    private IEnumerable<object[]> Values<T>(
        IReadOnlyList<string> names,
        IEnumerable<T> items,
        Action<T, DbParameterCollection> set
    )
    {
        using var given = connection.CreateCommand();
        foreach (var name in names)
        {
            var parameter = given.CreateParameter();
            parameter.ParameterName = name;
            given.Parameters.Add(parameter);
        }

        foreach (var item in items)
        {
            set(item, given.Parameters);
            var values = new object[names.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = Kept(given.Parameters[i].Value);
            }

            yield return values;
        }
    }

    private DbCommand Command(string sql, (string Name, object? Value)[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = Translated(sql);
        command.Transaction = transaction;
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = Kept(value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private string Translated(string sql) => sql.Replace(NowSql, dialect.NowSql, StringComparison.Ordinal);

    private object Kept(object? value) =>
        value switch
        {
            null => DBNull.Value,
            string text => dialect.Value(secrets.Mask(text)),
            _ => dialect.Value(value),
        };
}
