using System.Runtime.InteropServices;

namespace Tidemark.Cli;

/// <summary>
/// Ends the process while the engine is still working, without waiting for its threads and without freeing what they
/// use.
/// </summary>
internal static partial class ProcessEnd
{
    public static void Now(int exitCode)
    {
        Console.Out.Flush();
        Console.Error.Flush();
        if (OperatingSystem.IsWindows())
        {
            Environment.Exit(exitCode);
        }

        EndAtOnce(exitCode);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void EndAtOnce(int exitCode);
}
