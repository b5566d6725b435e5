using Tidemark.Cli.Output;

namespace Tidemark.Cli.Tests;

/// <summary>The folder that <c>init</c> and <c>demo</c> make.</summary>
public sealed class NewWorkspaceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-new-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("init", "here")]
    [InlineData("init", "--workspace", "here")]
    [InlineData("demo", "here", "--days", "1", "--stocks", "30", "--no-serve")]
    [InlineData("demo", "--workspace", "here", "--days", "1", "--stocks", "30", "--no-serve")]
    public async Task Folder_NamedEitherWay_IsMadeThere(params string[] words)
    {
        var answer = await new CommandLine(_folder, SmallLake.Clock).RunAsync(words);

        answer.ExitCode.ShouldBe(ExitCodes.Done, answer.Error);
        File.Exists(Path.Combine(_folder, "here", "tidemark.yaml")).ShouldBeTrue();
        Directory.GetFileSystemEntries(_folder).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("init")]
    [InlineData("demo")]
    public async Task Folder_NamedTwice_IsRefusedAndNothingMade(string command)
    {
        var answer = await new CommandLine(_folder, SmallLake.Clock).RunAsync(command, "here", "--workspace", "there");

        answer.ExitCode.ShouldBe(ExitCodes.Usage);
        answer.Error.ShouldContain("give one of them");
        Directory.GetFileSystemEntries(_folder).ShouldBeEmpty();
    }
}
