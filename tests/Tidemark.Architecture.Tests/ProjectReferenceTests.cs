namespace Tidemark.Architecture.Tests;

/// <summary>
/// Which project may use which: the direction that data flows in. A new arrow is a new ADR and a new line here, in one
/// commit.
/// </summary>
public sealed class ProjectReferenceTests
{
    private static readonly string[] s_belowHosting =
    [
        "Core",
        "Definitions",
        "DuckDb",
        "Lake",
        "Control",
        "Vendors",
        "Ingest",
        "Options",
        "Warehouse",
        "Completeness",
        "Rollout",
        "Operations",
    ];

    private static readonly Dictionary<string, string[]> s_mayUse = new(StringComparer.Ordinal)
    {
        ["Core"] = [],
        ["Definitions"] = ["Core"], // docs/adr/0031-definitions-are-one-bundle.md
        ["DuckDb"] = [],
        ["Lake"] = ["Core", "DuckDb"],
        ["Control"] = ["Core"],
        ["Vendors"] = ["Core"],
        ["Ingest"] = ["Core", "Definitions", "Lake", "Control", "Vendors"],
        ["Options"] = ["Core", "Lake", "Control", "Vendors", "Ingest"],
        ["Warehouse"] = ["Core", "Definitions", "Lake", "Control"],
        ["Completeness"] = ["Core", "Definitions", "Lake", "Control"],
        ["Rollout"] = ["Core", "Control", "Completeness"],
        ["Operations"] = [.. s_belowHosting[..^1]],
        ["Hosting"] = s_belowHosting,
        ["Console"] = ["Hosting", .. s_belowHosting],
        // DuckDb: docs/adr/0014-simulator-reads-replay-files-with-duckdb.md. Definitions: fault plans are YAML files.
        ["Simulator"] = ["Core", "Definitions", "DuckDb"],
        ["Cli"] = ["Hosting", "Console", "Simulator", .. s_belowHosting],
    };

    public static TheoryData<string> SourceProjects => [.. Repository.Projects("src")];

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void References_OfASourceProject_StayWithinWhatItMayUse(string project)
    {
        var name = Short(Repository.NameOf(project));
        s_mayUse.ShouldContainKey(name, $"{project} is new: give it a line in s_mayUse, and an ADR");

        var used = Repository.Includes(project, "ProjectReference").Select(Path.GetFileNameWithoutExtension);

        used.Select(reference => Short(reference!))
            .Except(s_mayUse[name])
            .ShouldBeEmpty($"{project} may not use these");
    }

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void References_ToTheServiceContainer_AreTheCompositionRootsAlone(string project)
    {
        // The simulator is a server of its own and composes itself: it must know nothing of the product.
        string[] roots = ["Hosting", "Console", "Cli", "Simulator"];
        if (roots.Contains(Short(Repository.NameOf(project))))
        {
            return;
        }

        Repository
            .Files(Path.GetDirectoryName(project)!, "*.cs")
            .Where(file => Repository.Text(file).Contains("ServiceCollection", StringComparison.Ordinal))
            .ShouldBeEmpty("services are put together in Tidemark.Hosting");
    }

    [Fact]
    public void Product_NeverReferencesTests()
    {
        foreach (var project in Repository.Projects("src"))
        {
            Repository
                .Includes(project, "ProjectReference")
                .Where(r =>
                    r.Contains("/tests/", StringComparison.Ordinal) || r.Contains("/testing/", StringComparison.Ordinal)
                )
                .ShouldBeEmpty(project);
        }
    }

    private static string Short(string project) => project["Tidemark.".Length..];
}
