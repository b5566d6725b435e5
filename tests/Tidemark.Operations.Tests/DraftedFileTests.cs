using Tidemark.Core.Runs;
using Tidemark.Operations.Definitions;
using Tidemark.Operations.Tests.Support;

namespace Tidemark.Operations.Tests;

/// <summary>What <c>datasets add file.x --sample</c> drafts of a file is fetched as it stands.</summary>
public sealed class DraftedFileTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("prices/2026-08-20.csv", "path: \"prices/{dt:yyyy-MM-dd}.csv\"", "grain: trading_day")]
    [InlineData("prices/of-20260820.csv", "path: \"prices/of-{dt:yyyyMMdd}.csv\"", "grain: trading_day")]
    [InlineData("prices.csv", "path: \"prices.csv\"", "grain: events")]
    public async Task Draft_OfAFileInTheDropFolder_BringsItsRows(string path, string parameters, string grain)
    {
        await using var workspace = new DropWorkspace();
        workspace.Write($"drops/{path}", "symbol,day,price\nAAA,2026-08-20,1.5\nBBB,2026-08-20,2.5\n");

        var draft = await AddAsync(workspace, $"drops/{path}");
        await workspace.ReopenAsync();
        var run = await workspace.RunAsync(dataset: "file.prices");

        var text = await File.ReadAllTextAsync(draft.File, Stop);
        text.Contains("\"path\": ", StringComparison.Ordinal).ShouldBeTrue(text);
        text.ShouldContain(parameters.Replace("path: ", "\"path\": ", StringComparison.Ordinal));
        text.ShouldContain(grain);
        run.Errors.ShouldBeEmpty();
        run.Counts.Inserted.ShouldBe(2);
    }

    [Fact]
    public async Task Draft_OfAFileElsewhere_AwaitsItInTheDropFolderUnderItsName()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("elsewhere/2026-08-20.csv", "symbol,day,price\nAAA,2026-08-20,1.5\n");

        await AddAsync(workspace, "elsewhere/2026-08-20.csv");
        await workspace.ReopenAsync();
        File.Copy(workspace.PathOf("elsewhere/2026-08-20.csv"), workspace.PathOf("drops/2026-08-20.csv"));
        var run = await workspace.RunAsync(dataset: "file.prices");

        run.Counts.Inserted.ShouldBe(1);
    }

    [Fact]
    public async Task Doctor_OfAFileInTheFoldersPlace_SaysThatItIsAFile()
    {
        await using var workspace = new DropWorkspace();
        Directory.Delete(workspace.PathOf("drops"));
        workspace.Write("drops", "no folder");

        var run = await workspace.RunAsync();

        run.Status.ShouldBe(RunStatus.Failed);
        run.Block.ShouldNotBeNull().Message.ShouldContain("is a file");
    }

    private static async Task<AddDatasetResponse> AddAsync(DropWorkspace workspace, string sample) =>
        await workspace
            .Host.Get<AddDataset>()
            .RunAsync(
                new AddDatasetRequest("file.prices", new Dictionary<string, string>(), workspace.PathOf(sample)),
                Stop
            );
}
