namespace Tidemark.Cli.Tests;

/// <summary>A list of names that is empty, as by a script's empty variable, is refused and taken for nobody's "all".</summary>
public sealed class EmptyListTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-empty-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--symbols is empty", "plan", "--from", "2026-08-19", "--to", "2026-08-20", "--symbols", "")]
    [InlineData("--symbols needs --from", "plan", "--symbols", ",")]
    [InlineData("--plan says what is fetched", "run", "--plan", "abc", "--datasets", "")]
    [InlineData("--datasets is empty", "run", "--datasets", " , ")]
    [InlineData("--symbols is empty", "backfill", "--from", "2026-08-19", "--to", "2026-08-20", "--symbols", "")]
    public async Task Command_WithAnEmptyList_IsRefused(string because, params string[] words)
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "tidemark.yaml"),
            "plan: { from: 2026-08-19 }\n",
            TestContext.Current.CancellationToken
        );

        var answer = await new CommandLine(_folder, SmallLake.Clock).RunAsync(words);

        answer.ExitCode.ShouldBe(2);
        answer.Error.ShouldContain(because);
    }
}
