using Tidemark.Definitions.Yaml;
using Tidemark.Hosting.Workspace;
using Tidemark.Testing;

namespace Tidemark.Hosting.Tests;

/// <summary>docs/reference/tidemark-yaml.md has the keys that the reader declares, as new workspaces have them.</summary>
public sealed class ReferencePageTests : IDisposable
{
    private static readonly Dictionary<string, string> s_nothing = [];

    private readonly TemporaryFolder _folder = new();

    private static KeyTable Keys => WorkspaceKeys.Of(ShippedVendors.All);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Page_OfTheWorkspaceFile_HasEveryKey()
    {
        var keys = Keys.ToMarkdown();

        ReferencePage.Keys("tidemark-yaml.md", keys).ShouldBe(keys);
    }

    /// <summary>So the table and the reader cannot have different keys: the template is read without a fault.</summary>
    [Fact]
    public void Template_HasEveryKeyWithTheDefaultOfTheTable()
    {
        var text = WorkspaceWriter.Render(s_nothing, ShippedVendors.All);
        WorkspaceReader.Parse(_folder.Path, text, s_nothing, ShippedVendors.All).Folder.ShouldBe(_folder.Path);

        var written = Leaves(text).ToDictionary(leaf => leaf.Path, leaf => leaf.Text);

        written.Keys.ShouldBe(Keys.Keys.Select(key => key.Path), ignoreOrder: true);
        foreach (var key in Keys.Keys.Where(key => written[key.Path] is { Length: > 0 }))
        {
            key.Default.ShouldContain(written[key.Path]!, Case.Sensitive, key.Path);
        }
    }

    [Theory]
    [InlineData("lakes: ./lake", "lake")]
    [InlineData("plan: { form: 2022-06-01 }", "plan.from")]
    [InlineData("pools: { targets: { symbol: [a] } }", "pools.targets.symbols")]
    [InlineData("vendors: { tushare: { urls: http://a } }", "vendors.tushare.url")]
    [InlineData("s3: { cache_sise: 1GB }", "s3.cache_size")]
    public void UnknownKey_AnywhereInTheFile_IsRefusedWithItsLineAndTheNearest(string line, string nearest)
    {
        var error = Should.Throw<InvalidDefinitionException>(() =>
            WorkspaceReader.Parse(_folder.Path, $"timezone: UTC\n{line}\n", s_nothing, ShippedVendors.All)
        );

        error.Code.ShouldBe("CONFIG_INVALID");
        var problem = error.Problems.ShouldHaveSingleItem();
        problem.Origin.Line.ShouldBe(2);
        problem.Text.ShouldEndWith($"did you mean '{nearest.Split('.')[^1]}'?");
        Keys.Has(nearest).ShouldBeTrue();
    }

    /// <summary>The values of the template; of names that users choose only the key before them.</summary>
    private static IEnumerable<(string Path, string? Text)> Leaves(string text) => Leaves("", text);

    private static IEnumerable<(string Path, string? Text)> Leaves(string path, string text)
    {
        var root = YamlSection.Parse("a.yaml", text.Replace("${", "{"), new YamlProblems());
        return Below(path, root);
    }

    private static IEnumerable<(string Path, string? Text)> Below(string path, YamlSection section)
    {
        foreach (var key in section.Keys.ToArray())
        {
            var full = path.Length == 0 ? key : $"{path}.{key}";
            if (section.HoldsText(key))
            {
                yield return (full, section.Text(key));
            }
            else if (!section.Has(key) || Keys.Keys.Any(each => each.Path == full))
            {
                yield return (full, null);
            }
            else
            {
                foreach (var leaf in Below(full, section.Section(key)))
                {
                    yield return leaf;
                }
            }
        }
    }
}
