using Npgsql;
using NpgsqlTypes;

namespace Tidemark.Control.Dialects;

/// <summary>One statement for many items: as many as fit into a message go to the server at once.</summary>
internal static class PostgresBulk
{
    private const int ItemsOfABatch = 1000;

    public static async Task ExecuteAsync(
        NpgsqlConnection connection,
        string sql,
        IReadOnlyList<string> names,
        IEnumerable<object[]> items,
        CancellationToken cancellationToken
    )
    {
        foreach (var part in items.Chunk(ItemsOfABatch))
        {
            await using var batch = new NpgsqlBatch(connection);
            var types = Types(part, names.Count);
            foreach (var item in part)
            {
                batch.BatchCommands.Add(Command(sql, names, types, item));
            }

            if (part.Length > 1)
            {
                // Parsed and planned once.
                await batch.PrepareAsync(cancellationToken);
            }

            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    // The type is that of the column's values, and a null has it, too: of a column without any, the server knows best.
    private static NpgsqlDbType[] Types(object[][] items, int columns)
    {
        var types = new NpgsqlDbType[columns];
        for (var i = 0; i < columns; i++)
        {
            types[i] = Array.Find(items, item => item[i] is not DBNull)?[i] switch
            {
                string => NpgsqlDbType.Text,
                int => NpgsqlDbType.Integer,
                long => NpgsqlDbType.Bigint,
                double => NpgsqlDbType.Double,
                null => NpgsqlDbType.Unknown,
                var other => throw new InvalidOperationException($"No column has values of {other.GetType()}"),
            };
        }

        return types;
    }

    private static NpgsqlBatchCommand Command(
        string sql,
        IReadOnlyList<string> names,
        NpgsqlDbType[] types,
        object[] item
    )
    {
        var command = new NpgsqlBatchCommand(sql);
        for (var i = 0; i < names.Count; i++)
        {
            command.Parameters.Add(new NpgsqlParameter(names[i], types[i]) { Value = item[i] });
        }

        return command;
    }
}
