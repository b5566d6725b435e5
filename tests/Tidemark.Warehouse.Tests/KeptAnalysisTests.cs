using Tidemark.Definitions.Files;
using Tidemark.Definitions.Warehouse;
using Tidemark.Lake.Tables;
using Tidemark.Testing;
using Tidemark.Warehouse.Project;

namespace Tidemark.Warehouse.Tests;

/// <summary>How the engine reads the SQL files is kept for exactly their text and what they read.</summary>
public sealed class KeptAnalysisTests : IDisposable
{
    private const string Sql =
        "-- partition: dt\n-- key: code\nSELECT code, price FROM ods.ods_price_dt('${PARTITION_DATE}')";

    private readonly Workshop _shop = new();
    private readonly KeptInMemory _kept = new();

    [Fact]
    public void Read_OfTheSameFiles_AsksNoEngineAndGivesTheSame()
    {
        _shop.Write("dwd/dwd_x.sql", Sql);
        _shop.Write(
            "dwd/dwd_y.sql",
            "-- partition: dt\n-- key: code\nSELECT code, price * 2 AS twice FROM dwd.dwd_x_dt('${PARTITION_DATE}')"
        );
        var first = Read(Workshop.Sources);

        var second = Read(Workshop.Sources);

        _kept.Kept.ShouldBe(1);
        second.Tables.Count.ShouldBe(2);
        Columns(second).ShouldBe(Columns(first));
        second
            .Tables.Select(t => string.Join(',', t.Inputs))
            .ShouldBe(first.Tables.Select(t => string.Join(',', t.Inputs)));
    }

    [Fact]
    public void Read_AfterAFileOrASourceChanged_AsksAgain()
    {
        _shop.Write("dwd/dwd_x.sql", Sql);
        Read(Workshop.Sources);

        _shop.Write("dwd/dwd_x.sql", Sql.Replace("price FROM", "price + 1 AS more FROM"));
        Columns(Read(Workshop.Sources)).ShouldContain("more");
        _kept.Kept.ShouldBe(2);

        var retyped = Workshop.Sources.Select(s =>
            s with
            {
                Columns = [.. s.Columns.Select(c => c.Name == "price" ? c with { Type = LakeType.Long } : c)],
            }
        );
        var whole = Read([.. retyped]).Tables.Single().Definition.Columns.Single(c => c.Name == "more");
        whole.Type.ShouldBe(LakeType.Long);
        _kept.Kept.ShouldBe(3);
    }

    [Fact]
    public void Read_OfAFaultyFile_SaysSoEachTime()
    {
        _shop.Write("dwd/dwd_x.sql", Sql.Replace("price FROM", "prize FROM"));

        for (var i = 0; i < 2; i++)
        {
            Read(Workshop.Sources).LeftOut.Single().Names.ShouldContain("dwd.dwd_x");
        }
    }

    public void Dispose() => _shop.Dispose();

    private WarehouseProject Read(IReadOnlyList<TableDefinition> sources) =>
        WarehouseProject.Read(
            WarehouseFiles.Of(DefinitionFiles.Read(_shop.Sql, own: null, WarehouseProject.Kind)),
            sources,
            [],
            Switches.None,
            new HashSet<string>(),
            _kept
        );

    private static string Columns(WarehouseProject project) =>
        string.Join('\n', project.Tables.SelectMany(t => t.Definition.Columns.Select(c => $"{t.Id} {c}")));
}
