using System.Runtime.InteropServices;

namespace Tidemark.DuckDb.Native;

/// <summary>A pointer that libduckdb owns and that is given back exactly once; it keeps its parent alive.</summary>
internal abstract class DuckDbHandle : SafeHandle
{
    private SafeHandle? _parent;

    protected DuckDbHandle(bool ownsHandle = true)
        : base(IntPtr.Zero, ownsHandle) { }

    public override bool IsInvalid => handle == IntPtr.Zero;

    internal void Adopt(IntPtr pointer, SafeHandle? parent = null)
    {
        if (parent is not null)
        {
            Retain(parent);
        }

        SetHandle(pointer);
    }

    protected void Retain(SafeHandle parent)
    {
        var added = false;
        parent.DangerousAddRef(ref added);
        _parent = parent;
    }

    protected sealed override bool ReleaseHandle()
    {
        Destroy(ref handle);
        _parent?.DangerousRelease();
        return true;
    }

    protected abstract void Destroy(ref IntPtr pointer);
}

internal sealed class DatabaseHandle : DuckDbHandle
{
    protected override void Destroy(ref IntPtr pointer) => NativeMethods.Close(ref pointer);
}

internal sealed class ConnectionHandle : DuckDbHandle
{
    protected override void Destroy(ref IntPtr pointer) => NativeMethods.Disconnect(ref pointer);
}

internal sealed class StatementHandle : DuckDbHandle
{
    protected override void Destroy(ref IntPtr pointer) => NativeMethods.DestroyPrepare(ref pointer);
}

internal sealed class AppenderHandle : DuckDbHandle
{
    protected override void Destroy(ref IntPtr pointer) => NativeMethods.AppenderDestroy(ref pointer);
}

internal sealed class ChunkHandle(bool ownsHandle) : DuckDbHandle(ownsHandle)
{
    protected override void Destroy(ref IntPtr pointer) => NativeMethods.DestroyDataChunk(ref pointer);
}

internal sealed class LogicalTypeHandle : DuckDbHandle
{
    protected override void Destroy(ref IntPtr pointer) => NativeMethods.DestroyLogicalType(ref pointer);
}

/// <summary>Owns the memory of a <c>duckdb_result</c> and what DuckDB hung on it.</summary>
internal sealed unsafe class ResultHandle : DuckDbHandle
{
    public ResultHandle(SafeHandle parent)
    {
        // Before the allocation: a parent that is closed throws here.
        Retain(parent);
        Adopt((IntPtr)NativeMemory.AllocZeroed((nuint)sizeof(DuckDbResultStruct)));
    }

    public DuckDbResultStruct* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (DuckDbResultStruct*)handle;
        }
    }

    protected override void Destroy(ref IntPtr pointer)
    {
        NativeMethods.DestroyResult((DuckDbResultStruct*)pointer);
        NativeMemory.Free((void*)pointer);
        pointer = IntPtr.Zero;
    }
}
