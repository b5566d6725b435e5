using System.Buffers;
using Tidemark.DuckDb;

namespace Tidemark.Simulator.Tushare;

/// <summary>One recorded API as a sorted in-memory table with its prepared statements. Not thread-safe.</summary>
internal sealed class ReplayTable : IDisposable
{
    /// <summary>The row cap of an API whose cap is not known.</summary>
    public const int RowCapByDefault = 6000;

    private readonly DuckDbConnection _connection;
    private readonly HashSet<string> _recorded;
    private readonly Dictionary<string, DuckDbStatement> _statements = [];

    public ReplayTable(DuckDbConnection connection, TushareApi api, string sqlName, HashSet<string> recorded)
    {
        _connection = connection;
        Api = api;
        SqlName = sqlName;
        _recorded = recorded;
    }

    public TushareApi Api { get; }

    /// <summary>The quoted name of the table.</summary>
    public string SqlName { get; }

    public bool WriteRows(TushareRequest request, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        var values = new List<object?>();
        var sql = Sql(request, values);
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = _connection.Prepare(sql, cancellationToken);
            _statements.Add(sql, statement);
        }

        statement.Bind([.. values]);
        using var result = statement.Execute(cancellationToken);
        using var writer = new JsonRowWriter(output, request.NumbersAsText);
        var columns = result.Columns.Select(_ => new ReplayColumn()).ToArray();
        while (result.NextChunk() is { } chunk)
        {
            var rows = chunk.Count;
            for (var column = 0; column < columns.Length; column++)
            {
                columns[column].Take(chunk[column], rows);
            }

            for (var row = 0; row < rows; row++)
            {
                if (writer.Rows == request.Limit)
                {
                    return true;
                }

                writer.BeginRow();
                foreach (var column in columns)
                {
                    column.Write(writer, row);
                }

                writer.EndRow();
            }
        }

        return false;
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }
    }

    /// <summary>
    /// The query for a request's shape; values are parameters, so that requests of the same shape share a statement. It
    /// reads one row more than the page, to see whether there are more. DuckDB keeps the order of insertion, which is
    /// newest first.
    /// </summary>
    private string Sql(TushareRequest request, List<object?> values)
    {
        var conditions = new List<string>();
        var exactDay = Api.DateColumn is { } date && request.Parameters.ContainsKey(date);
        foreach (var column in Api.Columns)
        {
            // A range bounds the date column; where end_date is itself a column (reports), the range still wins.
            var isBound = Api.DateColumn is not null && column.Name is "start_date" or "end_date";
            if (
                !isBound
                && _recorded.Contains(column.Name)
                && request.Parameters.TryGetValue(column.Name, out var value)
            )
            {
                conditions.Add(Equal(column, value, values));
            }
        }

        // Parameters that are called otherwise than their columns: m of month, q of quarter.
        foreach (var (parameter, name) in Api.Filters)
        {
            if (
                parameter != name
                && _recorded.Contains(name)
                && request.Parameters.TryGetValue(parameter, out var value)
                && Api.Columns.FirstOrDefault(c => c.Name == name) is { } column
            )
            {
                conditions.Add(Equal(column, value, values));
            }
        }

        if (Api.DateColumn is not null && !exactDay)
        {
            AddBound(request, Api.Range.From, ">=", conditions, values);
            AddBound(request, Api.Range.Until, "<=", conditions, values);
        }

        var columns = request.Columns.Select(i => Api.Columns[i]).Select(Projection);
        var where = conditions.Count == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";
        values.Add((long)request.Limit + 1);
        values.Add(request.Offset);
        return $"SELECT {string.Join(", ", columns)} FROM {SqlName}{where} LIMIT ${values.Count - 1} OFFSET ${values.Count}";
    }

    private string Projection(TushareColumn column)
    {
        if (_recorded.Contains(column.Name))
        {
            return DuckDbSql.Identifier(column.Name);
        }

        return column.Type == TushareType.Text ? "NULL::VARCHAR" : "NULL::DOUBLE";
    }

    private static string Equal(TushareColumn column, string value, List<object?> values)
    {
        var name = DuckDbSql.Identifier(column.Name);
        values.Add(value);
        var parameter = $"${values.Count}";
        if (column.Type != TushareType.Text)
        {
            return $"{name} = try_cast({parameter}::VARCHAR AS DOUBLE)";
        }

        return value.Contains(',', StringComparison.Ordinal)
            ? $"{name} IN (SELECT trim(unnest(string_split({parameter}::VARCHAR, ','))))"
            : $"{name} = {parameter}";
    }

    private void AddBound(
        TushareRequest request,
        string parameter,
        string comparison,
        List<string> conditions,
        List<object?> values
    )
    {
        if (request.Parameters.TryGetValue(parameter, out var value))
        {
            values.Add(value);
            conditions.Add($"{DuckDbSql.Identifier(Api.DateColumn!)} {comparison} ${values.Count}");
        }
    }
}
