using System.Diagnostics;

namespace Tidemark.Testing;

/// <summary>
/// Named pipes, which stand among files and are none: who opens one waits. There are none on Windows.
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
