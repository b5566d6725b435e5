using System.Runtime.InteropServices;
using System.Text;
using DuckDB.NET.Native;

namespace Tidemark.DuckDb;

/// <summary>A prepared statement with positional parameters (<c>$1</c>, <c>$2</c>, …).</summary>
public sealed class DuckDbStatement : IDisposable
{
    private const string Interrupted = "INTERRUPT Error: Interrupted!";

    /// <summary>On a machine with much to do, the reason is lost in up to one of five runs.</summary>
    private const int MostRepetitions = 10;

    private readonly DuckDbConnection _connection;
    private readonly DuckDBPreparedStatement _handle;
    private readonly string _sql;

    internal DuckDbStatement(DuckDbConnection connection, DuckDBPreparedStatement handle, string sql)
    {
        _connection = connection;
        _handle = handle;
        _sql = sql;
    }

    public int ParameterCount => (int)NativeMethods.PreparedStatements.DuckDBParams(_handle);

    /// <summary>DuckDB's kind of the statement.</summary>
    public StatementKind Kind => (StatementKind)MissingMethods.PreparedStatementType(_handle);

    /// <summary>The columns of its result.</summary>
    public IReadOnlyList<ResultColumn> Columns
    {
        get
        {
            var columns = new ResultColumn[(int)MissingMethods.PreparedColumnCount(_handle)];
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i] = new ResultColumn(
                    ColumnName(i),
                    ColumnType.FromNative(MissingMethods.PreparedColumnType(_handle, (ulong)i))
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
            if (!BindOne(i + 1, values[i]).IsSuccess())
            {
                throw new DuckDbException($"Parameter ${i + 1} could not be bound", _sql);
            }
        }
    }

    public DuckDbResult Execute(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var result = new ResultHandle();
        DuckDBState state;
        using (_connection.Interruptible(cancellationToken))
        {
            state = NativeMethods.PreparedStatements.DuckDBExecutePrepared(_handle, out result.Result);
        }

        return DuckDbResult.From(result, state, _sql, cancellationToken);
    }

    /// <summary>
    /// The same without making all rows first: rows are computed as they are read, so a result of any length needs
    /// little memory. The token stops it until the result is disposed, and any chunk may bring an error. Until then the
    /// connection can run nothing else, and the statement must not be disposed.
    /// </summary>
    public DuckDbResult Stream(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (result, state) = Start(cancellationToken);
        return DuckDbResult.Streamed(result, state, _sql, this, cancellationToken);
    }

    /// <summary>The next chunk of a streamed result; an invalid one after the last, or when it fails.</summary>
    internal DuckDBDataChunk Fetch(ResultHandle result, CancellationToken cancellationToken)
    {
        using (_connection.Interruptible(cancellationToken))
        {
            return NativeMethods.Query.DuckDBFetchChunk(result.Result);
        }
    }

    /// <summary>
    /// Why a streamed result failed. When one of DuckDB's threads fails, it interrupts the others, and a stream may
    /// report that in place of the reason. Then the statement runs again, and its rows are thrown away, until the
    /// reason is heard.
    /// </summary>
    /// <param name="message">What the stream reported; no token of ours has interrupted it.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    internal string ReasonOf(string message, CancellationToken cancellationToken)
    {
        for (var again = 0; message == Interrupted && again < MostRepetitions; again++)
        {
            var (result, state) = Start(cancellationToken);
            using (result)
            {
                while (state.IsSuccess())
                {
                    using var chunk = Fetch(result, cancellationToken);
                    if (chunk.IsInvalid)
                    {
                        break;
                    }
                }

                message = NativeMethods.Query.DuckDBResultError(ref result.Result) is { Length: > 0 } reason
                    ? reason
                    : message;
            }

            cancellationToken.ThrowIfCancellationRequested();
        }

        return message;
    }

    private (ResultHandle Result, DuckDBState State) Start(CancellationToken cancellationToken)
    {
        var result = new ResultHandle();
        using (_connection.Interruptible(cancellationToken))
        {
            var state = NativeMethods.PreparedStatements.DuckDBExecutePreparedStreaming(_handle, out result.Result);
            return (result, state);
        }
    }

    public void Dispose() => _handle.Dispose();

    private string ColumnName(int column)
    {
        var text = MissingMethods.PreparedColumnName(_handle, (ulong)column);
        try
        {
            return Marshal.PtrToStringUTF8(text) ?? "";
        }
        finally
        {
            NativeMethods.Helpers.DuckDBFree(text);
        }
    }

    private DuckDBState BindOne(long index, object? value)
    {
        switch (value)
        {
            case null:
                return NativeMethods.PreparedStatements.DuckDBBindNull(_handle, index);
            case bool boolean:
                return NativeMethods.PreparedStatements.DuckDBBindBoolean(_handle, index, boolean);
            case int integer:
                return NativeMethods.PreparedStatements.DuckDBBindInt64(_handle, index, integer);
            case long integer:
                return NativeMethods.PreparedStatements.DuckDBBindInt64(_handle, index, integer);
            case double number:
                return NativeMethods.PreparedStatements.DuckDBBindDouble(_handle, index, number);
            case decimal number:
                using (var native = NativeMethods.Value.DuckDBCreateDecimal(DecimalText.ToNative(number)))
                {
                    return NativeMethods.PreparedStatements.DuckDBBindValue(_handle, index, native);
                }

            case DateOnly date:
                return NativeMethods.PreparedStatements.DuckDBBindDate(
                    _handle,
                    index,
                    new DuckDBDate { Days = DuckDbTime.ToDays(date) }
                );
            case DateTime time:
                return BindTime(index, time);
            case DateTimeOffset time:
                return BindTime(index, time.UtcDateTime);
            case string text:
                return BindText(index, text);
            default:
                throw new ArgumentException($"A parameter of type {value.GetType()} is not supported", nameof(value));
        }
    }

    private DuckDBState BindTime(long index, DateTime time) =>
        NativeMethods.PreparedStatements.DuckDBBindTimestamp(
            _handle,
            index,
            new DuckDBTimestampStruct { Micros = DuckDbTime.ToMicroseconds(time) }
        );

    // Passes the length, because a text may hold a NUL, at which the package's own binding would end it.
    private unsafe DuckDBState BindText(long index, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* start = bytes)
        {
            byte none = 0;
            return MissingMethods.BindVarcharLength(
                _handle,
                (ulong)index,
                start is null ? &none : start,
                (ulong)bytes.Length
            );
        }
    }
}
