namespace Tidemark.Cli.Tests;

/// <summary>A plan is made without its vendor, and says so.</summary>
public sealed class PlanWithoutVendorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-unasked-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Plan_WhoseVendorDoesNotAnswer_SaysThatNothingIsLeftOutForTheAccount()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "tidemark.yaml"),
            """
            vendors: { tushare: { url: "http://127.0.0.1:1", token: a-token } }
            """,
            TestContext.Current.CancellationToken
        );

        var plan = await new CommandLine(_folder, SmallLake.Clock).RunAsync("plan", "--datasets", "daily");

        plan.ExitCode.ShouldBe(0, plan.Error);
        plan.Out.ShouldContain("could not be asked what it opens");
        plan.Out.ShouldContain("tushare.daily");
        plan.Out.ShouldNotContain("a-token");
    }
}
