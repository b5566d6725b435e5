using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Tidemark.Architecture.Tests;

/// <summary>What every project file has or must not have.</summary>
public sealed partial class ProjectFileTests
{
    // Covered elsewhere, each with its reason.
    private static readonly Dictionary<string, string> s_withoutTestsOfItsOwn = new(StringComparer.Ordinal)
    {
        ["Tidemark.Hosting"] = "puts the others together; Tidemark.EndToEnd.Tests runs what it puts together",
    };

    public static TheoryData<string> AllProjects => [.. Repository.Projects("src", "tests", "testing", "bench")];

    public static TheoryData<string> InSolutionFolders => [.. Repository.Projects("src", "tests", "testing")];

    [Fact]
    public void SourceProjects_EachHasATestProject()
    {
        var untested = Repository
            .Projects("src")
            .Select(Repository.NameOf)
            .Where(name => !Repository.Exists($"tests/{name}.Tests/{name}.Tests.csproj"))
            .Except(s_withoutTestsOfItsOwn.Keys);

        untested.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(AllProjects))]
    public void Packages_HaveTheirVersionsInOnePlace(string project)
    {
        var versioned = XDocument
            .Parse(Repository.Text(project))
            .Descendants("PackageReference")
            .Where(e =>
                e.Attribute("Version") is not null || e.Attribute("VersionOverride") is not null || e.HasElements
            )
            .Select(e => (string?)e.Attribute("Include"));

        versioned.ShouldBeEmpty("versions belong in Directory.Packages.props");
    }

    [Theory]
    [MemberData(nameof(AllProjects))]
    public void LockFile_OfEachProject_IsThere(string project) =>
        Repository.Exists($"{Path.GetDirectoryName(project)}/packages.lock.json").ShouldBeTrue(project);

    [Theory]
    [MemberData(nameof(AllProjects))]
    public void Solution_NamesEachProject(string project) =>
        Repository.Text("Tidemark.slnx").ShouldContain($"\"{project}\"");

    [Theory]
    [MemberData(nameof(InSolutionFolders))]
    public void Name_OfEachProject_IsThatOfItsFolder(string project) =>
        Path.GetFileName(Path.GetDirectoryName(project)).ShouldBe(Repository.NameOf(project));

    [Fact]
    public void BannedSymbols_AreWiredIntoEveryProject()
    {
        var props = Repository.Text("Directory.Build.props");

        props.ShouldContain("Microsoft.CodeAnalysis.BannedApiAnalyzers");
        props.ShouldContain("<AdditionalFiles Include=\"$(MSBuildThisFileDirectory)BannedSymbols.txt\"");
        Repository.Text(".editorconfig").ShouldContain("dotnet_diagnostic.RS0030.severity = error");
        string[] banned = ["DateTime.Now", "DateTime.UtcNow", "Random.Shared", "Guid.NewGuid", "Thread.Sleep"];
        foreach (var symbol in banned)
        {
            Repository
                .Text("BannedSymbols.txt")
                .ShouldContain($"System.{(symbol.StartsWith("Thread.") ? "Threading." : "")}{symbol}");
        }
    }

    [Fact]
    public void Warnings_AreErrorsAndNullableIsOn_EverywhereAndNeverTakenBack()
    {
        var props = Repository.Text("Directory.Build.props");
        props.ShouldContain("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>");
        props.ShouldContain("<Nullable>enable</Nullable>");

        Repository
            .Projects("src", "tests", "testing", "bench")
            .Where(project => TakesBack().IsMatch(Repository.Text(project)))
            .ShouldBeEmpty();
    }

    [Fact]
    public void NpmLockFile_NamesNoDownloadHost() =>
        Repository.Text("tests/node/package-lock.json").ShouldNotContain("\"resolved\"");

    [GeneratedRegex("<(?:Nullable|TreatWarningsAsErrors|RunAnalyzers|EnableNETAnalyzers)>")]
    private static partial Regex TakesBack();
}
