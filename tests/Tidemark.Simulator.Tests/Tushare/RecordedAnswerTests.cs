using System.Text.Json;

namespace Tidemark.Simulator.Tests.Tushare;

/// <summary>Answers that were recorded from the vendor, beside the simulator's of the same APIs.</summary>
public sealed class RecordedAnswerTests(Vendor vendor) : IClassFixture<Vendor>
{
    [Fact]
    public async Task Answer_ThatWasRecorded_HasTheColumnsAndTypesOfTheSimulators()
    {
        var data = TestMarkets.SharedData();
        if (data is null)
        {
            Assert.Skip("../shared/data is not on this machine");
        }

        var compared = 0;
        foreach (var api in VendorApis.All)
        {
            var file = Path.Combine(data, "tushare_raw_responses", "responses", $"{api.Name}.json");
            if (!File.Exists(file))
            {
                continue;
            }

            var recorded = Table.Parse(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
            var mine = await vendor.AskAsync(api.Name, api.Ask);
            mine.Fields.ShouldBe(recorded.Fields, api.Name);
            for (var column = 0; column < mine.Fields.Length; column++)
            {
                var kinds = Kinds(recorded, column);
                if (kinds.Length > 0)
                {
                    Kinds(mine, column).Except(kinds).ShouldBeEmpty($"{api.Name}.{mine.Fields[column]}");
                }
            }

            compared++;
        }

        compared.ShouldBeGreaterThan(12);
    }

    private static JsonValueKind[] Kinds(Table table, int column) =>
        [.. table.Rows.Select(r => r[column].ValueKind).Where(k => k != JsonValueKind.Null).Distinct()];
}
