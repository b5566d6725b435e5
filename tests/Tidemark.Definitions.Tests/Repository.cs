namespace Tidemark.Definitions.Tests;

/// <summary>Where the checkout and the answer tables beside it are.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Calendar(string exchange) =>
        File.ReadAllText(Path.Combine(Root, "definitions", "calendars", $"{exchange}.csv"));

    /// <summary>A file of the folder with answer tables; skips the test on a machine without them.</summary>
    public static string Answers(params string[] path)
    {
        var file = Path.GetFullPath(Path.Combine([Root, "..", "shared", "data", .. path]));
        if (!File.Exists(file))
        {
            Assert.Skip($"the answer table {file} is not on this machine");
        }

        return file;
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Tidemark.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("no Tidemark.slnx above");
        }

        return folder;
    }
}
