namespace Tidemark.Lake.Tests;

public sealed class StagingClaimTests : IDisposable
{
    private readonly LakeFixture _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Claim_ThatIsHeld_IsLeftAlone()
    {
        using var alive = await _lake.Lake.ClaimStagingAsync("alive", default);
        var file = Staged("alive");

        using var next = await _lake.NewLake().ClaimStagingAsync("next", default);

        File.Exists(file).ShouldBeTrue();
    }

    [Fact]
    public async Task Claim_WhoseHolderIsGone_IsSweptByTheNext()
    {
        (await _lake.Lake.ClaimStagingAsync("dead", default)).Dispose();
        var file = Staged("dead");

        using var next = await _lake.NewLake().ClaimStagingAsync("next", default);

        File.Exists(file).ShouldBeFalse();
        (await _lake.Lake.StagedRunsAsync(default)).ShouldBe(["next"]);
    }

    [Fact]
    public async Task Claim_NeverMade_IsAnothersMatter()
    {
        var file = Staged("an-ingest-run-with-a-lease");

        using var next = await _lake.Lake.ClaimStagingAsync("next", default);

        File.Exists(file).ShouldBeTrue();
    }

    private string Staged(string run)
    {
        var file = Path.Combine(_lake.Store.StagingFolder(run), "part.parquet");
        File.WriteAllText(file, "rows");
        return file;
    }
}
