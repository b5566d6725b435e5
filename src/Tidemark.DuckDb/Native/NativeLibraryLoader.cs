using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tidemark.DuckDb.Native;

/// <summary>Finds libduckdb beside the program, where the build puts it.</summary>
internal static class NativeLibraryLoader
{
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Usage",
        "CA2255:The 'ModuleInitializer' attribute should not be used in libraries",
        Justification = "The resolver must be in place before the first P/Invoke, whoever makes it."
    )]
    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraryLoader).Assembly, Resolve);

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != NativeMethods.Library)
        {
            return IntPtr.Zero;
        }

        var file =
            OperatingSystem.IsWindows() ? "duckdb.dll"
            : OperatingSystem.IsMacOS() ? "libduckdb.dylib"
            : "libduckdb.so";
        var path = Path.Combine(AppContext.BaseDirectory, file);
        return NativeLibrary.TryLoad(path, out var handle)
            ? handle
            : throw new DllNotFoundException(
                $"{path} is missing or for another platform. Build again with ./tidemark or ./test."
            );
    }
}
