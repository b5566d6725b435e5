using Tidemark.Core.Markets;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Tests;

/// <summary>Instruments over time: what was known when, and codes that change.</summary>
public sealed class InstrumentTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TableDefinition s_list = Workshop
        .ShippedSources()
        .Single(s => s.Id.Name == "ods_stock_basic");

    private readonly Workshop _shop = new();

    [Fact]
    public async Task History_EachChangeOfAList_IsARowFromTheDayOnThatToldIt()
    {
        await ListAsync(1, "('a.SH', '旧名', 'L', '2001-01-01'), ('b.SZ', 'b', 'L', '2001-01-01')");
        await ListAsync(2, "('a.SH', '旧名', 'L', '2001-01-01'), ('b.SZ', 'b', 'L', '2001-01-01')");
        await ListAsync(3, "('a.SH', '新名', 'L', '2001-01-01'), ('b.SZ', 'b', 'L', '2001-01-01')");
        await ListAsync(6, "('a.SH', '旧名', 'D', '2001-01-01')");
        await ListAsync(7, "('a.SH', '旧名', 'D', '2001-01-01'), ('b.SZ', 'b', 'L', '2001-01-01')");

        await _shop.BuildAsync(Workshop.ShippedProject(), "dim");

        (
            await _shop.RowsAsync(
                "SELECT symbol, name, list_status, known_from, known_until, listed_as_of FROM dim.dim_instrument_history ORDER BY symbol, known_from"
            )
        ).ShouldBe([
            "a.SH|旧名|L|2022-06-01|2022-06-03|2022-06-02",
            "a.SH|新名|L|2022-06-03|2022-06-06|2022-06-03",
            "a.SH|旧名|D|2022-06-06|null|2022-06-07",
            "b.SZ|b|L|2022-06-01|2022-06-06|2022-06-03",
            "b.SZ|b|L|2022-06-07|null|2022-06-07",
        ]);
        (
            await _shop.RowsAsync("SELECT symbol, name, known_from, listed_as_of FROM dim.dim_instrument ORDER BY 1")
        ).ShouldBe(["a.SH|旧名|2022-06-06|2022-06-07", "b.SZ|b|2022-06-07|2022-06-07"]);
    }

    [Fact]
    public async Task Codes_OneThatTookTheOthersPlace_AreOneInstrument()
    {
        await ListAsync(1, "('830017.BJ', '凯德', 'L', '2020-07-27'), ('600000.SH', '浦发', 'L', '1999-11-10')");
        await ListAsync(2, "('920017.BJ', '凯德', 'L', '2020-07-27'), ('600000.SH', '浦发', 'L', '1999-11-10')");
        await ListAsync(3, "('921017.BJ', '凯德', 'L', '2020-07-27'), ('600000.SH', '浦发', 'L', '1999-11-10')");

        await _shop.BuildAsync(Workshop.ShippedProject(), "dim");

        (
            await _shop.RowsAsync(
                "SELECT code, symbol, valid_from, valid_to, known_from FROM dim.dim_instrument_code ORDER BY code"
            )
        ).ShouldBe([
            "600000.SH|600000.SH|1999-11-10|null|2022-06-01",
            "830017.BJ|921017.BJ|2020-07-27|2022-06-01|2022-06-03",
            "920017.BJ|921017.BJ|2022-06-02|2022-06-02|2022-06-03",
            "921017.BJ|921017.BJ|2022-06-03|null|2022-06-03",
        ]);
        (await _shop.RowsAsync("SELECT symbol, name FROM dim.dim_instrument ORDER BY 1")).ShouldBe([
            "600000.SH|浦发",
            "921017.BJ|凯德",
        ]);
        (
            await _shop.RowsAsync(
                "SELECT code, known_from, known_until FROM dim.dim_instrument_history WHERE symbol = '921017.BJ' ORDER BY 2"
            )
        ).ShouldBe(["830017.BJ|2022-06-01|2022-06-02", "920017.BJ|2022-06-02|2022-06-03", "921017.BJ|2022-06-03|null"]);
    }

    /// <summary>Of two lists of one day the later one is left; the change that they told is kept beside them.</summary>
    [Fact]
    public async Task Codes_ThatChangedWithinOneDay_AreOneInstrument()
    {
        await ListAsync(2, "('920017.BJ', '凯德', 'L', '2020-07-27'), ('600000.SH', '浦发', 'L', '1999-11-10')");
        await _shop.FillAsync(
            Workshop.ShippedSources().Single(s => s.Id.Name == "ods_code_change"),
            new DateOnly(2022, 6, 2),
            """
            SELECT 'tushare.stock_basic' AS list, earlier, later, 'n' AS name, DATE '2020-07-27' AS list_date
            FROM (VALUES ('830017.BJ', '920017.BJ'), ('600000.SH', '600001.SH')) AS v(earlier, later)
            """
        );

        await _shop.BuildAsync(Workshop.ShippedProject(), "dim");

        (
            await _shop.RowsAsync(
                "SELECT code, symbol, valid_from, valid_to, known_from FROM dim.dim_instrument_code ORDER BY code"
            )
        ).ShouldBe([
            "600000.SH|600000.SH|1999-11-10|null|2022-06-02",
            "830017.BJ|920017.BJ|2020-07-27|2022-06-02|2022-06-02",
            "920017.BJ|920017.BJ|2022-06-02|null|2022-06-02",
        ]);
    }

    /// <summary>
    /// The table and the rule that status goes by are written in two languages, and say the same of any lists.
    /// </summary>
    [Fact]
    public async Task Codes_OfRandomLists_AreThoseOfTheRuleInCore()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var seen = new SortedDictionary<string, ListedCode>(StringComparer.Ordinal);
        int[] days = [1, 2, 3, 6, 7, 8];
        foreach (var day in days)
        {
            // Few names, days and exchanges, so that doubtful cases are as frequent as clear ones.
            var rows = Enumerable
                .Range(0, 14)
                .Where(_ => random.NextDouble() < 0.5)
                .Select(i => (Code: $"{i:D6}.{(i % 3 == 0 ? "SH" : "BJ")}", Name: $"n{i / 5}", Listed: 1 + (i % 2)))
                .ToArray();
            await ListAsync(
                day,
                rows.Length == 0
                    ? "('999999.SH', 'z', 'L', '2000-01-01')"
                    : string.Join(", ", rows.Select(r => $"('{r.Code}', '{r.Name}', 'L', '2020-01-0{r.Listed}')"))
            );
            foreach (var (code, name, listed) in rows)
            {
                var on = new DateOnly(2022, 6, day);
                seen[code] = seen.TryGetValue(code, out var known)
                    ? known with
                    {
                        LastSeen = on,
                    }
                    : new ListedCode(code, name, name, new DateOnly(2020, 1, listed), on, on);
            }
        }

        await _shop.BuildAsync(Workshop.ShippedProject(), "dim_instrument_code");

        var newest = CodeChanges.Newest(CodeChanges.Find(seen.Values, days.Select(d => new DateOnly(2022, 6, d))));
        (
            await _shop.RowsAsync(
                "SELECT code, symbol FROM dim.dim_instrument_code WHERE code <> '999999.SH' ORDER BY code"
            )
        ).ShouldBe(seen.Keys.Select(code => $"{code}|{newest.GetValueOrDefault(code, code)}"));
    }

    public void Dispose() => _shop.Dispose();

    private Task ListAsync(int day, string rows) =>
        _shop.FillAsync(
            s_list,
            new DateOnly(2022, 6, day),
            $"SELECT ts_code, name, list_status, list_date::DATE AS list_date FROM (VALUES {rows}) AS v(ts_code, name, list_status, list_date)"
        );
}
