using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Native;

namespace Tidemark.DuckDb;

/// <summary>
/// The table function <c>tidemark_rows(id)</c> of a database: returns the rows of the <see cref="IChunkSource"/>
/// registered under that number. Thread-safe. Must outlive the database's last query.
/// </summary>
public sealed unsafe class ChunkSourceFunction : IDisposable
{
    private const string FunctionName = "tidemark_rows";
    private readonly ConcurrentDictionary<long, IChunkSource> _sources = new();
    private readonly GCHandle _self;
    private long _lastId;

    /// <summary>Registers the function in the connection's database.</summary>
    public ChunkSourceFunction(DuckDbConnection connection)
    {
        _self = GCHandle.Alloc(this);
        var function = NativeMethods.TableFunction.DuckDBCreateTableFunction();
        try
        {
            NativeMethods.TableFunction.DuckDBTableFunctionSetName(function, FunctionName);
            using (var bigint = ColumnType.BigInt.ToNative())
            {
                NativeMethods.TableFunction.DuckDBTableFunctionAddParameter(function, bigint);
            }

            NativeMethods.TableFunction.DuckDBTableFunctionSetExtraInfo(function, GCHandle.ToIntPtr(_self), null);
            NativeMethods.TableFunction.DuckDBTableFunctionSetBind(function, &Bind);
            NativeMethods.TableFunction.DuckDBTableFunctionSetInit(function, &Init);
            NativeMethods.TableFunction.DuckDBTableFunctionSetFunction(function, &Next);
            if (!NativeMethods.TableFunction.DuckDBRegisterTableFunction(connection.Handle, function).IsSuccess())
            {
                throw new DuckDbException($"Registering {FunctionName} failed");
            }
        }
        finally
        {
            NativeMethods.TableFunction.DuckDBDestroyTableFunction(ref function);
        }
    }

    /// <summary>
    /// Registers a source. Queries can read it through <see cref="Registration.Sql"/> until the registration is
    /// disposed.
    /// </summary>
    public Registration Register(IChunkSource source)
    {
        var id = Interlocked.Increment(ref _lastId);
        _sources[id] = source;
        return new Registration(this, id);
    }

    public void Dispose() => _self.Free();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Bind(IntPtr info)
    {
        try
        {
            var function = From(NativeMethods.TableFunction.DuckDBBindGetExtraInfo(info));
            using var value = NativeMethods.TableFunction.DuckDBBindGetParameter(info, 0);
            var id = NativeMethods.Value.DuckDBGetInt64(value);
            var source = function.Source(id);
            foreach (var column in source.Columns)
            {
                using var type = column.Type.ToNative();
                NativeMethods.TableFunction.DuckDBBindAddResultColumn(info, column.Name, type);
            }

            NativeMethods.TableFunction.DuckDBBindSetCardinality(info, (ulong)source.RowCount, true);
            var data = (long*)NativeMemory.Alloc(sizeof(long));
            *data = id;
            NativeMethods.TableFunction.DuckDBBindSetBindData(info, (IntPtr)data, &FreeData);
        }
        catch (Exception e) // must not cross into native code: DuckDB reports it as the query's error
        {
            NativeMethods.TableFunction.DuckDBBindSetError(info, e.Message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Init(IntPtr info)
    {
        try
        {
            var source = From(NativeMethods.TableFunction.DuckDBInitGetExtraInfo(info))
                .Source(*(long*)NativeMethods.TableFunction.DuckDBInitGetBindData(info));
            MissingMethods.InitSetMaxThreads(info, (ulong)Math.Clamp(source.ChunkCount, 1, Environment.ProcessorCount));

            // The number of the next chunk; all threads of the scan share the counter.
            var next = (int*)NativeMemory.AllocZeroed(sizeof(int));
            NativeMethods.TableFunction.DuckDBInitSetInitData(info, (IntPtr)next, &FreeData);
        }
        catch (Exception e) // as above
        {
            NativeMethods.TableFunction.DuckDBInitSetError(info, e.Message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Next(IntPtr info, IntPtr output)
    {
        try
        {
            var source = From(NativeMethods.TableFunction.DuckDBFunctionGetExtraInfo(info))
                .Source(*(long*)NativeMethods.TableFunction.DuckDBFunctionGetBindData(info));
            var number =
                Interlocked.Increment(ref *(int*)NativeMethods.TableFunction.DuckDBFunctionGetInitData(info)) - 1;
            using var chunk = DataChunk.Borrow(output, source.Columns);
            if (number < source.ChunkCount)
            {
                source.Fill(number, chunk);
            }
            else
            {
                chunk.SetCount(0);
            }
        }
        catch (Exception e) // as above
        {
            NativeMethods.TableFunction.DuckDBFunctionSetError(info, e.Message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void FreeData(IntPtr data) => NativeMemory.Free((void*)data);

    private static ChunkSourceFunction From(IntPtr extraInfo) =>
        (ChunkSourceFunction)GCHandle.FromIntPtr(extraInfo).Target!;

    private IChunkSource Source(long id) =>
        _sources.TryGetValue(id, out var source)
            ? source
            : throw new InvalidOperationException($"{FunctionName}: there is no source {id} (any more)");

    /// <summary>A source that queries can read.</summary>
    public sealed class Registration : IDisposable
    {
        private readonly ChunkSourceFunction _function;
        private readonly long _id;

        internal Registration(ChunkSourceFunction function, long id)
        {
            _function = function;
            _id = id;
            Sql = $"{FunctionName}({id})";
        }

        /// <summary>The text to write after FROM.</summary>
        public string Sql { get; }

        public void Dispose() => _function._sources.TryRemove(_id, out _);
    }
}
