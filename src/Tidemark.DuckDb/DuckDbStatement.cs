using System.Text;
using Tidemark.DuckDb.Native;

namespace Tidemark.DuckDb;

/// <summary>A prepared statement with positional parameters (<c>$1</c>, <c>$2</c>, …).</summary>
public sealed class DuckDbStatement : IDisposable
{
    private readonly DuckDbConnection _connection;
    private readonly StatementHandle _handle;
    private readonly string _sql;

    internal DuckDbStatement(DuckDbConnection connection, StatementHandle handle, string sql)
    {
        _connection = connection;
        _handle = handle;
        _sql = sql;
    }

    public int ParameterCount => (int)NativeMethods.ParameterCount(_handle);

    /// <summary>What it does, as DuckDB has it.</summary>
    public StatementKind Kind => NativeMethods.PreparedStatementType(_handle);

    /// <summary>The columns that it will give.</summary>
    public IReadOnlyList<ResultColumn> Columns
    {
        get
        {
            var columns = new ResultColumn[(int)NativeMethods.PreparedColumnCount(_handle)];
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i] = new ResultColumn(
                    NativeMethods.TakeText(NativeMethods.PreparedColumnName(_handle, (ulong)i)),
                    ColumnType.FromNative(NativeMethods.PreparedColumnType(_handle, (ulong)i))
                );
            }

            return columns;
        }
    }

    /// <summary>
    /// Binds all parameters at once. Accepts null, string, bool, int, long, double, decimal, DateOnly,
    /// DateTime (kept as it is, without a zone) and DateTimeOffset (as UTC).
    /// </summary>
    public void Bind(params ReadOnlySpan<object?> values)
    {
        if (values.Length != ParameterCount)
        {
            throw new ArgumentException(
                $"The statement has {ParameterCount} parameters, {values.Length} values were given: {_sql}",
                nameof(values)
            );
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (BindOne((ulong)i + 1, values[i]) != NativeMethods.Success)
            {
                throw new DuckDbException($"Parameter ${i + 1} could not be bound", _sql);
            }
        }
    }

    public unsafe DuckDbResult Execute(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var result = new ResultHandle(_connection.Handle);
        int state;
        using (_connection.Interruptible(cancellationToken))
        {
            state = NativeMethods.ExecutePrepared(_handle, result.Pointer);
        }

        return DuckDbResult.From(result, state, _sql, cancellationToken);
    }

    /// <summary>
    /// The same without making all rows first: they are worked out as they are asked for, so that a result of any length needs little memory. The token stops it
    /// until the result is disposed, and an error may come with any chunk. Until then the connection can run nothing else.
    /// </summary>
    public unsafe DuckDbResult Stream(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var result = new ResultHandle(_connection.Handle);
        int state;
        using (_connection.Interruptible(cancellationToken))
        {
            state = NativeMethods.ExecutePreparedStreaming(_handle, result.Pointer);
        }

        return DuckDbResult.Streamed(result, state, _sql, _connection, cancellationToken);
    }

    public void Dispose() => _handle.Dispose();

    private unsafe int BindOne(ulong index, object? value)
    {
        switch (value)
        {
            case null:
                return NativeMethods.BindNull(_handle, index);
            case bool boolean:
                return NativeMethods.BindBoolean(_handle, index, boolean ? (byte)1 : (byte)0);
            case int integer:
                return NativeMethods.BindInt64(_handle, index, integer);
            case long integer:
                return NativeMethods.BindInt64(_handle, index, integer);
            case double number:
                return NativeMethods.BindDouble(_handle, index, number);
            case decimal number:
                return NativeMethods.BindDecimal(_handle, index, DecimalText.ToNative(number));
            case DateOnly date:
                return NativeMethods.BindDate(_handle, index, DuckDbTime.ToDays(date));
            case DateTime time:
                return NativeMethods.BindTimestamp(_handle, index, DuckDbTime.ToMicroseconds(time));
            case DateTimeOffset time:
                return NativeMethods.BindTimestamp(_handle, index, DuckDbTime.ToMicroseconds(time.UtcDateTime));
            case string text:
                var bytes = Encoding.UTF8.GetBytes(text);
                fixed (byte* start = bytes)
                {
                    byte none = 0;
                    return NativeMethods.BindVarcharLength(
                        _handle,
                        index,
                        start is null ? &none : start,
                        (ulong)bytes.Length
                    );
                }

            default:
                throw new ArgumentException($"A parameter of type {value.GetType()} is not supported", nameof(value));
        }
    }
}
