using Tidemark.Lake.Delta;
using Tidemark.Lake.Maintenance;

namespace Tidemark.Lake.Tests.Catalogs;

/// <summary>Another engine appends to a table of ours, as the protocol lets it.</summary>
public sealed class FilesOfOthersTests : IDisposable
{
    private readonly LakeFixture _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Read_FileWithTypesOfItsOwn_HasTheTypesOfTheTable()
    {
        await _lake.CommitAsync("p/1", LakeFixture.Day, ("b", 2.5), ("d", 3_000_000_000));
        await AppendAsync("SELECT encode('ä') AS code, 1::SMALLINT AS price");

        (await _lake.RowsAsync()).ShouldBe(["b|2.5|2022-06-01", "d|3000000000|2022-06-01", "ä|1|2022-06-01"]);
        const string Types = "SELECT typeof(code), typeof(price) FROM ods.ods_prices WHERE code = 'ä'";
        (await _lake.RowsAsync(Types)).ShouldBe(["VARCHAR|DOUBLE"]);
        (await _lake.RowsAsync("SELECT count(*) FROM ods.ods_prices_dt('2022-06-01') WHERE code >= 'b'")).ShouldBe([
            "3",
        ]);
    }

    [Fact]
    public async Task Read_FileThatLacksAColumn_HasNoValueThere()
    {
        await _lake.CommitAsync("p/1", LakeFixture.Day, ("b", 2.5));
        await AppendAsync("SELECT 'a' AS code");

        (await _lake.RowsAsync()).ShouldBe(["a|null|2022-06-01", "b|2.5|2022-06-01"]);
    }

    [Fact]
    public async Task Diff_FileWithTypesOfItsOwn_ComparesValues()
    {
        await _lake.CommitAsync("p/1", LakeFixture.Day, ("b", 2.5));
        await AppendAsync("SELECT 'a'::BLOB AS code, 1::SMALLINT AS price");

        var table = _lake.Lake.Table(_lake.Table.Id);
        var diff = await new TableDiff(_lake.Lake).DiffAsync(
            await table.SnapshotAtAsync(0, default),
            await table.SnapshotAtAsync(1, default),
            examples: 1,
            default
        );

        (diff.Added, diff.Removed, diff.Changed).ShouldBe((1, 0, 0));
    }

    private async Task AppendAsync(string select)
    {
        const string Name = "dt=2022-06-01/0-of-others.parquet"; // sorts before ours
        var path = Path.Combine(_lake.Folder, _lake.Table.Id.Prefix, Name);
        using (var connection = _lake.Engine.Connect())
        {
            connection.Execute($"COPY ({select}) TO '{path}' (FORMAT parquet)");
        }

        var add = new AddAction(
            Name,
            new Dictionary<string, string?> { ["dt"] = "2022-06-01" },
            new FileInfo(path).Length,
            0,
            true
        );
        await _lake.Lake.Table(_lake.Table.Id).Log.AppendAsync(_ => [new DeltaLine { Add = add }], "others", default);
    }
}
