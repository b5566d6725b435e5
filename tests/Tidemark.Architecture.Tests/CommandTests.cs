using System.Text.RegularExpressions;

namespace Tidemark.Architecture.Tests;

/// <summary>
/// Commands parse and print; what they are about is decided in <c>Tidemark.Operations</c>, where every other face finds
/// it, too (docs/adr/0020-one-door-to-every-operation.md).
/// </summary>
public sealed partial class CommandTests
{
    private const string Folder = "src/Tidemark.Cli/Commands";
    private static readonly string[] s_allowed =
    [
        "Tidemark.Operations",
        "Tidemark.Cli.Output",
        "Tidemark.Cli.Commands",
    ];

    [Fact]
    public void Commands_OfOurs_ReferenceOperationsAndOutputAlone()
    {
        var strays =
            from file in Repository.Files(Folder, "*.cs")
            from match in Name().Matches(WithoutComments(Repository.Text(file)))
            where !s_allowed.Any(allowed => IsWithin(match.Value, allowed))
            select $"{file}: {match.Value}";

        strays.Distinct().ShouldBeEmpty("an operation decides it, or Tidemark.Cli.Output prints it");
    }

    /// <summary>
    /// From within <c>Tidemark.Cli</c> the first part of a name may be left out: <c>Lake.DataLake</c>.
    /// </summary>
    [Fact]
    public void Commands_NameNoProjectInPart()
    {
        var projects = Repository
            .Projects("src")
            .Select(p => Repository.NameOf(p)["Tidemark.".Length..])
            .Except(["Operations"])
            .Concat(["Simulation"]);
        var partial = new Regex($@"(?<![\w.""])(?:{string.Join('|', projects)})\.[A-Z]\w*");
        var strays =
            from file in Repository.Files(Folder, "*.cs")
            from match in partial.Matches(WithoutComments(Repository.Text(file)))
            select $"{file}: {match.Value}";

        strays.ShouldBeEmpty();
    }

    /// <summary>Long commands hide decisions.</summary>
    [Fact]
    public void Commands_AreShort()
    {
        const int LinesMax = 200;
        Repository
            .Files(Folder, "*.cs")
            .Where(file => Repository.Text(file).Count(c => c == '\n') > LinesMax)
            .ShouldBeEmpty();
    }

    private static bool IsWithin(string name, string space) =>
        name == space || name.StartsWith(space + ".", StringComparison.Ordinal);

    private static string WithoutComments(string text) => Comment().Replace(text, "");

    [GeneratedRegex(@"\bTidemark(?:\.\w+)+")]
    private static partial Regex Name();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
