using System.Data.Common;
using Tidemark.Core.Secrets;

namespace Tidemark.Control;

/// <summary>
/// One connection, and the transaction when there is one. Values travel as named parameters; a null is stored as null,
/// and secrets in texts as asterisks. Plain ADO.NET, because <c>status</c> must not wait for a mapper to warm up.
/// </summary>
internal sealed class ControlSession(
    DbConnection connection,
    DbTransaction? transaction,
    SecretMask secrets,
    CancellationToken cancellationToken
)
{
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
    /// Runs one prepared statement for each item. Parameters are set by position, in the order of
    /// <paramref name="names"/>, so that tens of thousands of rows cost one parse.
    /// </summary>
    public async Task ExecuteManyAsync<T>(
        string sql,
        IReadOnlyList<string> names,
        IEnumerable<T> items,
        Action<T, DbParameterCollection> set
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach (var name in names)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = DBNull.Value;
            command.Parameters.Add(parameter);
        }

        await command.PrepareAsync(cancellationToken);
        foreach (var item in items)
        {
            set(item, command.Parameters);
            foreach (DbParameter parameter in command.Parameters)
            {
                parameter.Value = Masked(parameter.Value);
            }

            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private DbCommand Command(string sql, (string Name, object? Value)[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = Masked(value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private object? Masked(object? value) => value is string text ? secrets.Mask(text) : value;
}
