using Tidemark.DuckDb;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>Who has the catalog open is not disturbed by who writes.</summary>
public sealed class CatalogReaderTests
{
    private const string Count = "SELECT count(DISTINCT dt) FROM ods.ods_daily";

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // as a DuckDB shell opens a file that is not said to be only for reading
    public async Task Catalog_OpenInAnotherProcess_KeepsWorkingWhileARunRefreshesIt(bool readOnly)
    {
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorProcess.SmallMarketAsync(folder.Path);
        var workspace = Workspace.Create(folder.At("w"), simulator.Url, "2025-06-23", "2025-06-27");
        string[] backfill = ["backfill", "--from", "2025-06-23", "--json", "--to"];
        (await workspace.RunAsync([.. backfill, "2025-06-24"])).With(exitCode: 0);
        var catalog = Path.Combine(workspace.Folder, "catalog.duckdb");
        var queries = 0;
        using (var database = DuckDbDatabase.Open(catalog, new DuckDbSettings(ReadOnly: readOnly)))
        using (var connection = database.Connect())
        {
            await using var run = workspace.Start([.. backfill, "2025-06-27"]);
            do
            {
                Convert.ToInt64(connection.Scalar(Count)).ShouldBe(2);
                queries++;
            } while (!run.HasExited);

            (await run.EndAsync()).With(exitCode: 0);
            Convert
                .ToInt64(connection.Scalar(Count))
                .ShouldBe(2, "an open catalog names the versions that it was made for");
        }

        queries.ShouldBeGreaterThan(1);
        using var later = DuckDbDatabase.Open(catalog, new DuckDbSettings(ReadOnly: true));
        using var reading = later.Connect();
        Convert.ToInt64(reading.Scalar(Count)).ShouldBe(5);
    }
}
