using System.Diagnostics.CodeAnalysis;

namespace Tidemark.Testing;

/// <summary>The checkout that the tests were built from, and the data beside it.</summary>
[SuppressMessage("ApiDesign", "RS0030", Justification = "The checkout is files.")]
public static class SourceTree
{
    public static string Root { get; } = FindRoot();

    /// <summary>A file or folder of <c>../shared/data</c>; null on a machine without it.</summary>
    public static string? Shared(params string[] path)
    {
        var file = Path.GetFullPath(Path.Combine([Root, "..", "shared", "data", .. path]));
        return Path.Exists(file) ? file : null;
    }

    /// <summary>The text of a shipped calendar.</summary>
    public static string Calendar(string exchange) =>
        File.ReadAllText(Path.Combine(Root, "definitions", "calendars", $"{exchange}.csv"));

    /// <summary>The exchanges whose calendars are shipped.</summary>
    public static IReadOnlySet<string> Calendars { get; } =
        Directory
            .EnumerateFiles(Path.Combine(Root, "definitions", "calendars"), "*.csv")
            .Select(Path.GetFileNameWithoutExtension)
            .ToHashSet(StringComparer.Ordinal)!;

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
