using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Native;

namespace Tidemark.DuckDb;

/// <summary>
/// The scalar function <c>tidemark_tally(id, value)</c> of a database: always true, and counts and sums the values that
/// pass. As a WHERE clause it shows what a statement has read, without a second reading. Thread-safe. Must outlive the
/// database's last query.
/// </summary>
public sealed unsafe class RowTallyFunction : IDisposable
{
    private const string FunctionName = "tidemark_tally";
    private static readonly SourceColumn[] s_parameters =
    [
        new("id", ColumnType.BigInt),
        new("value", new ColumnType(LogicalKind.UBigInt)),
    ];
    private readonly ConcurrentDictionary<long, Tally> _tallies = new();
    private readonly GCHandle _self;
    private long _lastId;

    /// <summary>Registers the function in the connection's database.</summary>
    public RowTallyFunction(DuckDbConnection connection)
    {
        _self = GCHandle.Alloc(this);
        var function = NativeMethods.ScalarFunction.DuckDBCreateScalarFunction();
        try
        {
            NativeMethods.ScalarFunction.DuckDBScalarFunctionSetName(function, FunctionName);
            foreach (var parameter in s_parameters)
            {
                using var type = parameter.Type.ToNative();
                NativeMethods.ScalarFunction.DuckDBScalarFunctionAddParameter(function, type);
            }

            using (var boolean = ColumnType.Boolean.ToNative())
            {
                NativeMethods.ScalarFunction.DuckDBScalarFunctionSetReturnType(function, boolean);
            }

            // Otherwise DuckDB would compute it once for equal values, or move it to where it sees other rows.
            NativeMethods.ScalarFunction.DuckDBScalarFunctionSetVolatile(function);
            NativeMethods.ScalarFunction.DuckDBScalarFunctionSetExtraInfo(function, GCHandle.ToIntPtr(_self), null);
            NativeMethods.ScalarFunction.DuckDBScalarFunctionSetFunction(function, &Count);
            if (!NativeMethods.ScalarFunction.DuckDBRegisterScalarFunction(connection.Handle, function).IsSuccess())
            {
                throw new DuckDbException($"Registering {FunctionName} failed");
            }
        }
        finally
        {
            NativeMethods.ScalarFunction.DuckDBDestroyScalarFunction(ref function);
        }
    }

    /// <summary>Starts counting; dispose it when the statement is over.</summary>
    public Tally Start()
    {
        var id = Interlocked.Increment(ref _lastId);
        return _tallies[id] = new Tally(this, id);
    }

    public void Dispose() => _self.Free();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Count(IntPtr info, IntPtr input, IntPtr output)
    {
        try
        {
            var function = (RowTallyFunction)
                GCHandle.FromIntPtr(NativeMethods.ScalarFunction.DuckDBScalarFunctionGetExtraInfo(info)).Target!;
            using var chunk = DataChunk.Borrow(input, s_parameters);
            var rows = chunk.Count;
            if (rows > 0)
            {
                function._tallies[chunk[0].Values<long>(rows)[0]].Add(chunk[1].Values<ulong>(rows));
            }

            new Span<byte>(NativeMethods.Vectors.DuckDBVectorGetData(output), rows).Fill(1);
        }
        catch (Exception e)
        {
            // An exception must not reach native code; DuckDB reports it as the query's error.
            NativeMethods.ScalarFunction.DuckDBScalarFunctionSetError(info, e.Message);
        }
    }

    /// <summary>The rows that passed: their number and the sum of their values.</summary>
    public sealed class Tally : IDisposable
    {
        private readonly RowTallyFunction _function;
        private readonly long _id;
        private readonly Lock _gate = new();
        private long _rows;
        private UInt128 _sum;

        internal Tally(RowTallyFunction function, long id)
        {
            _function = function;
            _id = id;
        }

        public long Rows
        {
            get
            {
                lock (_gate)
                {
                    return _rows;
                }
            }
        }

        public UInt128 Sum
        {
            get
            {
                lock (_gate)
                {
                    return _sum;
                }
            }
        }

        /// <summary>A condition that is true of every row.</summary>
        /// <param name="value">An expression of type UBIGINT.</param>
        public string Sql(string value) => $"{FunctionName}({_id}, {value})";

        public void Dispose() => _function._tallies.TryRemove(_id, out _);

        internal void Add(ReadOnlySpan<ulong> values)
        {
            var sum = UInt128.Zero;
            foreach (var value in values)
            {
                sum += value;
            }

            lock (_gate)
            {
                _rows += values.Length;
                _sum += sum;
            }
        }
    }
}
