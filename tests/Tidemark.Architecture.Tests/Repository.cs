using System.Xml.Linq;
using Tidemark.Testing;

namespace Tidemark.Architecture.Tests;

/// <summary>The checkout as files: these tests read what is written, not what is built.</summary>
internal static class Repository
{
    private static readonly string[] s_leftByTools = ["bin", "obj", "node_modules", "TestResults", ".git", ".tidemark"];

    public static string Root { get; } = SourceTree.Root;

    /// <summary>Project files below a folder, as paths from the root.</summary>
    public static IReadOnlyList<string> Projects(params string[] folders) =>
        [.. folders.SelectMany(folder => Files(folder, "*.csproj"))];

    /// <summary>
    /// Files below a folder without what builds leave behind, as paths from the root; none when there is no such
    /// folder.
    /// </summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        var start = Path.Combine(Root, folder);
        return !Directory.Exists(start)
            ? []
            : Directory
                .EnumerateFiles(start, pattern, SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
                .Where(file => !file.Split('/').Intersect(s_leftByTools).Any())
                .Order(StringComparer.Ordinal);
    }

    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static bool Exists(string path) =>
        File.Exists(Path.Combine(Root, path)) || Directory.Exists(Path.Combine(Root, path));

    public static string NameOf(string project) => Path.GetFileNameWithoutExtension(project);

    /// <summary>The <c>Include</c> of each item of a kind in a project file.</summary>
    public static IEnumerable<string> Includes(string project, string item) =>
        XDocument
            .Parse(Text(project))
            .Descendants(item)
            .Select(e => (string?)e.Attribute("Include") ?? "")
            .Where(include => include.Length > 0);
}
