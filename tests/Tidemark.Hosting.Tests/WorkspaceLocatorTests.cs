using Tidemark.Core.Errors;
using Tidemark.Hosting.Workspace;

namespace Tidemark.Hosting.Tests;

public sealed class WorkspaceLocatorTests : IDisposable
{
    private static readonly Dictionary<string, string> s_nothingSet = [];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Make(string name) => Path.GetDirectoryName(_folder.Write($"{name}/tidemark.yaml", ""))!;

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName;

    [Fact]
    public void Find_OptionBeforeEnvironmentBeforeParents()
    {
        var option = Make("option");
        var environment = new Dictionary<string, string> { ["TIDEMARK_WORKSPACE"] = Make("environment") };
        var parent = Make("parent");
        var below = Folder("parent/a/b");

        WorkspaceLocator.Find("../../../option", environment, below).ShouldBe(option);
        WorkspaceLocator.Find(null, environment, below).ShouldBe(Path.Combine(_folder.Path, "environment"));
        WorkspaceLocator.Find(null, s_nothingSet, below).ShouldBe(parent);
        Make("parent/a");
        WorkspaceLocator.Find(null, s_nothingSet, below).ShouldBe(Path.Combine(parent, "a"));
    }

    [Fact]
    public void Find_Nothing_SaysHowToMakeOne()
    {
        var error = Should.Throw<TidemarkException>(() => WorkspaceLocator.Find(null, s_nothingSet, Folder("empty")));

        error.Kind.ShouldBe(ErrorKind.Configuration);
        error.Code.ShouldBe("WORKSPACE_NOT_FOUND");
        error.Message.ShouldContain("'tidemark init DIR'");
    }

    [Fact]
    public void Find_WithoutACurrentFolder_NeedsAWholePath()
    {
        var option = Make("option");

        WorkspaceLocator.Find(option, s_nothingSet, currentFolder: null).ShouldBe(option);
        foreach (var relative in new[] { null, "option", "." })
        {
            var error = Should.Throw<TidemarkException>(() => WorkspaceLocator.Find(relative, s_nothingSet, null));
            error.Code.ShouldBe("FOLDER_GONE");
            error.Kind.ShouldBe(ErrorKind.Configuration);
            error.Message.ShouldContain("--workspace /DIR");
        }
    }

    [Fact]
    public void Find_NamedFolderWithoutWorkspace_NamesItAndLooksNoFurther()
    {
        Make("parent");
        var below = Folder("parent/a");

        var error = Should.Throw<TidemarkException>(() => WorkspaceLocator.Find(".", s_nothingSet, below));

        error.Message.ShouldContain($"--workspace is {below}");
        error.Message.ShouldContain($"'tidemark init {below}'");
    }
}
