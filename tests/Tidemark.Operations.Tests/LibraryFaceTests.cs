using Tidemark.Hosting;
using Tidemark.Operations.Tests.Support;
using Tidemark.Samples;

namespace Tidemark.Operations.Tests;

/// <summary>The page of C# in <c>samples/csharp</c>, compiled with these tests.</summary>
[Trait("Speed", "Slow")]
public sealed class LibraryFaceTests
{
    [Fact]
    public async Task Sample_OfANewWorkspace_FetchesItAndSaysWhatItSees()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        await using var output = new StringWriter();

        var exitCode = await DailyMarket.RunAsync(
            workspace.World,
            workspace.PathOf("."),
            output,
            TestContext.Current.CancellationToken
        );

        exitCode.ShouldBe(0, output.ToString());
        var said = output.ToString();
        said.ShouldMatch(@"\d{2,} units to fetch, in \d{2,} calls");
        said.ShouldMatch(@"universe: success, (\d+) of \1 units");
        said.ShouldContain(" 0 missing");
        said.ShouldContain("1 row of 1 column");
        said.ShouldContain("next run: 2026-08-21 11:30:00Z");
        said.ShouldContain("lane china: idle");
        // Both began at one moment of the clock.
        said.ShouldMatch("last run: (universe|targets), success");
    }

    [Fact]
    public void World_OfThisProcess_HasItsFolderAndVariables()
    {
        var world = HostWorld.OfProcess();

        world.CurrentFolder.ShouldBe(Directory.GetCurrentDirectory());
        world.Environment.ShouldContainKeyAndValue("PATH", Environment.GetEnvironmentVariable("PATH")!);
        world.Vendors.ShouldBe(ShippedVendors.All);
    }
}
