using System.Runtime.InteropServices;

namespace Tidemark.Cli;

/// <summary>
/// The end of the process while the engine is still at work: nothing of it is waited for, or taken down under its
/// threads.
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
