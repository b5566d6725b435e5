using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Catalogs;

/// <summary>Units and descriptions are where a DuckDB shows them: in the comments of views and columns.</summary>
public sealed class CommentTests : IDisposable
{
    private readonly LakeFixture _lake = new();

    [Fact]
    public async Task Catalog_DeclaredUnitsAndDescriptions_AreComments()
    {
        var definition = LakeFixture.Prices(
            new LakeColumn("amount", LakeType.Double, Unit: "CNY", Description: "It's the value traded (成交额)"),
            new LakeColumn("note", LakeType.Text, Description: "Anything"),
            new LakeColumn("plain", LakeType.Text)
        ) with
        {
            Description = "Prices, the day's",
        };
        using (var session = await _lake.Lake.OpenSessionAtAsync([], default))
        using (var staging = _lake.Lake.Stage(definition, "run"))
        {
            staging.AppendQuery(
                session,
                "p/1",
                LakeFixture.Day,
                "SELECT 'a' AS code, 1.0 AS price, 2.0 AS amount, 'n' AS note, 'p' AS plain",
                default
            );
            await _lake.Lake.CommitAsync(staging, new CommitRequest("TEST"), default);
        }

        var catalog = new CatalogFile(Path.Combine(_lake.Folder, "catalog.duckdb"), _lake.Lake);
        await catalog.RefreshAsync(default);

        using var database = DuckDbDatabase.Open(catalog.Path, new DuckDbSettings(ReadOnly: true));
        using var connection = database.Connect();
        using var columns = connection.Query(
            "SELECT column_name || '|' || coalesce(comment, '') FROM duckdb_columns() WHERE table_name = 'ods_prices' ORDER BY column_index"
        );
        columns
            .Rows()
            .Select(r => r[0])
            .ShouldBe([
                "code|",
                "price|[CNY]",
                "amount|It's the value traded (成交额) [CNY]",
                "note|Anything",
                "plain|",
                "dt|",
            ]);
        using var view = connection.Query("SELECT comment FROM duckdb_views() WHERE view_name = 'ods_prices'");
        view.Rows().Single()[0].ShouldBe("Prices, the day's");
    }

    [Fact]
    public async Task Log_Comments_AreInTheFieldMetadataThatOtherEnginesRead()
    {
        await _lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1.0));

        var entry = File.ReadAllText(Path.Combine(_lake.Folder, "ods/ods_prices/_delta_log/00000000000000000000.json"));

        entry.ShouldContain("""\"metadata\":{\"unit\":\"CNY\",\"comment\":\"[CNY]\"}""");
        (await _lake.Lake.Table(LakeFixture.Prices().Id).SnapshotAsync(default))
            .Columns.Single(c => c.Name == "price")
            .ShouldBe(new LakeColumn("price", LakeType.Double, Unit: "CNY"));
    }

    public void Dispose() => _lake.Dispose();
}
