using System.Text.RegularExpressions;

namespace Tidemark.Architecture.Tests;

/// <summary>What every source file has or must not have.</summary>
public sealed partial class SourceFileTests
{
    // A ratchet, not a target: most files end far below.
    private const int LinesMax = 450;
    private const int CompanionLinesMax = 80;

    private static IEnumerable<string> SourceFiles => Repository.Files("src", "*.cs");

    [Fact]
    public void Namespaces_AreThoseOfTheFolders()
    {
        var strays =
            from file in SourceFiles
            let declared = Namespace().Match(Repository.Text(file))
            where declared.Success
            let expected = Path.GetDirectoryName(file)!["src/".Length..].Replace('/', '.')
            where declared.Groups["name"].Value != expected
            select $"{file}: {declared.Groups["name"].Value}, expected {expected}";

        strays.ShouldBeEmpty();
    }

    [Fact]
    public void Files_AreShortEnoughToBeReadAtOnce()
    {
        var tooLong =
            from file in SourceFiles
            let lines = File.ReadLines(Path.Combine(Repository.Root, file)).Count()
            where lines > LinesMax
            select $"{file}: {lines} lines";

        tooLong.ShouldBeEmpty();
    }

    /// <summary>
    /// Who looks for a type opens the file of its name; small ones stand beside the type that they belong to.
    /// </summary>
    [Fact]
    public void Types_OfSomeLength_AreInTheFilesOfTheirNames()
    {
        var strays =
            from file in SourceFiles
            let name = Path.GetFileName(file).Split('.')[0]
            from type in TypesWithBodies(File.ReadAllLines(Path.Combine(Repository.Root, file)))
            where type.Name != name && type.Lines > CompanionLinesMax
            select $"{file}: {type.Name}, {type.Lines} lines";

        strays.ShouldBeEmpty();
    }

    private static IEnumerable<(string Name, int Lines)> TypesWithBodies(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (Type().Match(lines[i]) is not { Success: true } type)
            {
                continue;
            }

            var start = i;
            while (i < lines.Length && lines[i] != "{" && !lines[i].EndsWith(';'))
            {
                i++;
            }

            if (i < lines.Length && lines[i] == "{")
            {
                i = Array.IndexOf(lines, "}", i);
                yield return (type.Groups["name"].Value, i - start + 1);
            }
        }
    }

    [Fact]
    public void Files_LeaveNothingForLater()
    {
        var promises =
            from file in SourceFiles
            from match in Promise().Matches(Repository.Text(file))
            select $"{file}: {match.Value}";

        promises.ShouldBeEmpty();
    }

    [Fact]
    public void Regions_AreNotUsedInsteadOfTypes() =>
        SourceFiles.Where(file => Region().IsMatch(Repository.Text(file))).ShouldBeEmpty();

    /// <summary>
    /// Tests read the shared folder and are skipped without it; the product and its documents stand alone.
    /// </summary>
    [Fact]
    public void ProductAndDocuments_NeverNameTheSharedFolder()
    {
        var shared = string.Concat("..", "/shared");
        string[] pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"];
        var files = new[] { "src", "docs", "definitions" }
            .SelectMany(folder => Repository.Files(folder, "*"))
            .Concat(pages.Where(Repository.Exists));

        files.Where(file => Repository.Text(file).Contains(shared, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Namespace();

    [GeneratedRegex(
        @"^(?:public |internal )?(?:(?:sealed|static|abstract|partial|readonly|ref) )*(?:class|record struct|record|struct|interface|enum) (?<name>\w+)",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Type();

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex Promise();

    [GeneratedRegex(@"^\s*#region\b", RegexOptions.Multiline)]
    private static partial Regex Region();
}
