namespace Tidemark.Lake.Tests;

public sealed class StagingClaimTests : IDisposable
{
    private readonly LakeFixture _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Claim_ThatIsHeld_IsLeftAlone()
    {
        using var alive = _lake.Lake.ClaimStaging("alive");
        var file = Staged("alive");

        using var next = _lake.NewLake().ClaimStaging("next");

        File.Exists(file).ShouldBeTrue();
    }

    [Fact]
    public async Task Claim_WhoseHolderIsGone_IsSweptByTheNext()
    {
        _lake.Lake.ClaimStaging("dead").Dispose();
        var file = Staged("dead");

        using var next = _lake.NewLake().ClaimStaging("next");

        File.Exists(file).ShouldBeFalse();
        _lake.Lake.Staging.Runs().ShouldBe(["next"]);
    }

    [Fact]
    public void Sweep_ByTwoAtOnce_IsDoneByBoth()
    {
        for (var round = 0; round < 50; round++)
        {
            var name = $"dead{round}";
            for (var i = 0; i < 20; i++)
            {
                Directory.CreateDirectory(Path.Combine(_lake.Lake.Staging.Folder(name), $"{i}"));
            }

            Parallel.Invoke([.. Enumerable.Repeat(() => _lake.Lake.Staging.Sweep(name), 4)]);

            _lake.Lake.Staging.Runs().ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Claim_NeverMade_IsAnothersMatter()
    {
        var file = Staged("an-ingest-run-with-a-lease");

        using var next = _lake.Lake.ClaimStaging("next");

        File.Exists(file).ShouldBeTrue();
    }

    private string Staged(string run)
    {
        var file = Path.Combine(_lake.Lake.Staging.Folder(run), "part.parquet");
        File.WriteAllText(file, "rows");
        return file;
    }
}
