using System.Runtime.InteropServices;
using DuckDB.NET.Native;
using Microsoft.Win32.SafeHandles;

namespace Tidemark.DuckDb;

/// <summary>
/// Owns the memory of a <c>duckdb_result</c> and of DuckDB's data behind it: the package has only a plain struct.
/// </summary>
internal sealed unsafe class ResultHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public ResultHandle()
        : base(ownsHandle: true) => SetHandle((IntPtr)NativeMemory.AllocZeroed((nuint)sizeof(DuckDBResult)));

    /// <summary>The result, for calls to DuckDB.</summary>
    public ref DuckDBResult Result
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return ref *(DuckDBResult*)handle;
        }
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.Query.DuckDBDestroyResult(ref *(DuckDBResult*)handle);
        NativeMemory.Free((void*)handle);
        return true;
    }
}
