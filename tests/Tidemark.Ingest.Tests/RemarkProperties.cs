using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Ingest.Extraction;
using Tidemark.Ingest.Tests.Support;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// What is counted several rows at once, against a model that looks at one row after the other. FsCheck prints the seed
/// of what it falsifies.
/// </summary>
public sealed class RemarkProperties
{
    // Most rows are sound, so that stretches of them lie between the others.
    private static readonly Gen<Bar> s_bars =
        from low in Gen.Frequency((40, Gen.Elements<double?>(9, 10)), (1, Gen.Elements<double?>(null, 0, -1, 1e9)))
        from high in Gen.Frequency((40, Gen.Elements<double?>(11, 12)), (1, Gen.Elements<double?>(null, 0, 8, 90)))
        from vol in Gen.Frequency((40, Gen.Elements<double?>(100, 7)), (1, Gen.Elements<double?>(null, 0, -5)))
        from price in Gen.Frequency((40, Gen.Constant(10.5)), (1, Gen.Elements(0, 2.5, 105, 1.05, 10_500)))
        select new Bar(low, high, vol, vol * price / 10);

    private static readonly DatasetDefinition s_daily = RecordedRows.Shipped.Get("tushare.daily");

    [Fact]
    public void Broken_AnyRows_AreThoseOfTheModel() =>
        Prop.ForAll(s_bars.ListOf().ToArbitrary(), bars => CheckBroken([.. bars])).QuickCheckThrowOnFailure();

    [Fact]
    public void Scale_AnyRows_IsThatOfTheModel() =>
        Prop.ForAll(s_bars.ListOf().ToArbitrary(), bars => CheckScale([.. bars])).QuickCheckThrowOnFailure();

    [Fact]
    public void AbsentCanaries_AnyRows_AreThoseThatNoneNames() =>
        Prop.ForAll(
                Gen.Elements([.. s_daily.Canaries!.Symbols, "000002.SZ", "600519.S"]).ListOf().ToArbitrary(),
                symbols => CheckAbsent([.. symbols])
            )
            .QuickCheckThrowOnFailure();

    private static void CheckAbsent(string[] symbols)
    {
        var rows = new ColumnBatch(s_daily.Columns);
        foreach (var symbol in symbols)
        {
            ((TextColumn)rows["ts_code"]).Append(Encoding.UTF8.GetBytes(symbol));
            foreach (var column in rows.Columns.Skip(1))
            {
                column.AppendNull();
            }
        }

        RecordedRows.Remarks(s_daily.Id, rows).AbsentCanaries.ShouldBe(s_daily.Canaries!.Symbols.Except(symbols));
    }

    private static void CheckBroken(Bar[] bars)
    {
        var broken = Remarks(bars).Broken.ToDictionary(b => b.Rule, b => b.Rows);

        var lows = bars.Count(b => b.Low is { } low && (low <= 0 || low > b.High));
        var volumes = bars.Count(b => b.Volume < 0);
        broken.GetValueOrDefault("low above 0, not above high").ShouldBe(lows);
        broken.GetValueOrDefault("vol at least 0").ShouldBe(volumes);
    }

    private static void CheckScale(Bar[] bars)
    {
        var scale = Remarks(bars).Scale;

        var traded = bars.Where(b =>
                b is { Low: > 0, Volume: > 0, Amount: > 0 }
                && b.High * 1.01 >= b.Low * 0.99
                && b.High * 1.01 < b.Low * 0.99 * 5
            )
            .ToArray();
        var powers = traded
            .Select(b =>
                Enumerable
                    .Range(-10, 21)
                    .Where(p => b.Price * Math.Pow(10, p) >= b.Low * 0.99 && b.Price * Math.Pow(10, p) <= b.High * 1.01)
                    .Select(p => (int?)p)
                    .SingleOrDefault()
            )
            .ToArray();
        (scale?.Traded ?? 0).ShouldBe(traded.Length);
        (scale?.Declared ?? 0).ShouldBe(powers.Count(p => p == 0));
        var others = powers.Where(p => p is not null and not 0).GroupBy(p => p!.Value).ToArray();
        (scale?.OtherRows ?? 0).ShouldBe(others.Length == 0 ? 0 : others.Max(g => g.Count()));
    }

    private static UnitRemarks Remarks(Bar[] bars)
    {
        var rows = new ColumnBatch(s_daily.Columns);
        foreach (var bar in bars)
        {
            foreach (var (definition, column) in rows.Definitions.Zip(rows.Columns))
            {
                Append(
                    column,
                    definition.Name switch
                    {
                        "low" => bar.Low,
                        "high" => bar.High,
                        "vol" => bar.Volume,
                        "amount" => bar.Amount,
                        _ => null,
                    }
                );
            }
        }

        return RecordedRows.Remarks(s_daily.Id, rows);
    }

    private static void Append(Column column, double? value)
    {
        if (value is { } number)
        {
            ((ValueColumn<double>)column).Append(number);
        }
        else
        {
            column.AppendNull();
        }
    }

    private sealed record Bar(double? Low, double? High, double? Volume, double? Amount)
    {
        public double? Price => Amount * 10 / Volume;
    }
}
