using System.Diagnostics;

namespace Tidemark.Testing;

/// <summary>
/// Makes named pipes, which look like files but block the process that opens them. Windows has none.
/// </summary>
public static class NamedPipe
{
    /// <summary>Puts a pipe in a file's place.</summary>
    public static void InPlaceOf(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        using var made = Process.Start("mkfifo", [path]);
        made.WaitForExit();
    }
}
