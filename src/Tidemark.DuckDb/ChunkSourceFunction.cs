using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Tidemark.DuckDb.Native;

namespace Tidemark.DuckDb;

/// <summary>
/// The table function <c>tidemark_rows(id)</c> of a database: serves the rows of the <see cref="IChunkSource"/> that was registered
/// under that number. Thread-safe. Must outlive the database's last query.
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
        var function = NativeMethods.CreateTableFunction();
        try
        {
            NativeMethods.TableFunctionSetName(function, FunctionName);
            using (var bigint = ColumnType.BigInt.ToNative())
            {
                NativeMethods.TableFunctionAddParameter(function, bigint);
            }

            NativeMethods.TableFunctionSetExtraInfo(function, GCHandle.ToIntPtr(_self), null);
            NativeMethods.TableFunctionSetBind(function, &Bind);
            NativeMethods.TableFunctionSetInit(function, &Init);
            NativeMethods.TableFunctionSetFunction(function, &Next);
            if (NativeMethods.RegisterTableFunction(connection.Handle, function) != NativeMethods.Success)
            {
                throw new DuckDbException($"Registering {FunctionName} failed");
            }
        }
        finally
        {
            NativeMethods.DestroyTableFunction(ref function);
        }
    }

    /// <summary>Offers a source; the result stands in a FROM clause until the registration is disposed.</summary>
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
            var function = From(NativeMethods.BindGetExtraInfo(info));
            var value = NativeMethods.BindGetParameter(info, 0);
            var id = NativeMethods.GetInt64(value);
            NativeMethods.DestroyValue(ref value);
            var source = function.Source(id);
            foreach (var column in source.Columns)
            {
                using var type = column.Type.ToNative();
                NativeMethods.BindAddResultColumn(info, column.Name, type);
            }

            NativeMethods.BindSetCardinality(info, (ulong)source.RowCount, 1);
            var data = (long*)NativeMemory.Alloc(sizeof(long));
            *data = id;
            NativeMethods.BindSetBindData(info, (IntPtr)data, &FreeData);
        }
        catch (Exception e)
        {
            SetError(e, info, &NativeMethods.BindSetError);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Init(IntPtr info)
    {
        try
        {
            var source = From(NativeMethods.InitGetExtraInfo(info)).Source(*(long*)NativeMethods.InitGetBindData(info));
            NativeMethods.InitSetMaxThreads(info, (ulong)Math.Clamp(source.ChunkCount, 1, Environment.ProcessorCount));

            // The chunks that were handed out; all threads of the scan count on it.
            var next = (int*)NativeMemory.AllocZeroed(sizeof(int));
            NativeMethods.InitSetInitData(info, (IntPtr)next, &FreeData);
        }
        catch (Exception e)
        {
            SetError(e, info, &NativeMethods.InitSetError);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Next(IntPtr info, IntPtr output)
    {
        try
        {
            var source = From(NativeMethods.FunctionGetExtraInfo(info))
                .Source(*(long*)NativeMethods.FunctionGetBindData(info));
            var number = Interlocked.Increment(ref *(int*)NativeMethods.FunctionGetInitData(info)) - 1;
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
        catch (Exception e)
        {
            SetError(e, info, &NativeMethods.FunctionSetError);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void FreeData(IntPtr data) => NativeMemory.Free((void*)data);

    private static ChunkSourceFunction From(IntPtr extraInfo) =>
        (ChunkSourceFunction)GCHandle.FromIntPtr(extraInfo).Target!;

    // An exception must not cross into native code; DuckDB reports it as the query's error.
    private static void SetError(Exception error, IntPtr info, delegate* <IntPtr, byte*, void> report)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(error.Message + "\0"))
        {
            report(info, text);
        }
    }

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

        /// <summary>What to write after FROM.</summary>
        public string Sql { get; }

        public void Dispose() => _function._sources.TryRemove(_id, out _);
    }
}
