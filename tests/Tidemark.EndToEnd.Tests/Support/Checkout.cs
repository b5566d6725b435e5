using System.Reflection;
using System.Runtime.InteropServices;
using Tidemark.Testing;

namespace Tidemark.EndToEnd.Tests.Support;

/// <summary>Where the checkout, the built program and the recordings beside the checkout are.</summary>
internal static class Checkout
{
    public static string Root { get; } = SourceTree.Root;

    /// <summary>
    /// The folder of the built program, with its <c>definitions/</c>: what <c>./test</c> has published, which starts as
    /// fast as it does for users; else what the build of these tests has made.
    /// </summary>
    public static string ProgramFolder { get; } =
        Environment.GetEnvironmentVariable("TIDEMARK_TEST_PROGRAM") is { Length: > 0 } published
            ? published
            : Path.Combine(Root, "src", "Tidemark.Cli", "bin", Configuration(), "net10.0");

    public static string Program { get; } = Path.Combine(ProgramFolder, "tidemark");

    /// <summary>The installation that runs this test: the program's host would look elsewhere by itself.</summary>
    public static string DotnetRoot { get; } =
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>The folder where <c>./test</c> installs what the independent reader needs.</summary>
    public static string Node { get; } = Path.Combine(Root, "tests", "node");

    /// <summary>Copies the shipped definitions, for a test that changes them.</summary>
    public static void CopyDefinitions(string to)
    {
        var from = Path.Combine(ProgramFolder, "definitions");
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>A folder of recorded data; skips the test on a machine without it.</summary>
    public static string Recording(string name) =>
        FindRecording(name) is { } folder ? folder : throw Xunit.Sdk.SkipException.ForSkip(NoRecording(name));

    public static string? FindRecording(string name)
    {
        var folder = Path.GetFullPath(Path.Combine(Root, "..", "shared", "data", name));
        return Directory.Exists(folder) ? folder : null;
    }

    public static string NoRecording(string name) => $"the recording {name} is not beside this checkout";

    /// <summary>The path of a program on PATH, or null.</summary>
    public static string? Tool(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    private static string Configuration() =>
        typeof(Checkout)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "Configuration")
            .Value!;
}
