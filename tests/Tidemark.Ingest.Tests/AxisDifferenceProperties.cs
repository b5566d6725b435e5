using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Columns;
using Tidemark.Ingest.Running;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Two answers are the same where each row of one stands as often in the other, in any order; every bit of a number
/// counts. FsCheck prints the seed of what it falsifies.
/// </summary>
public sealed class AxisDifferenceProperties
{
    private const string Symbol = "600000.SH";

    private static readonly ColumnDefinition[] s_columns =
    [
        new("ts_code", ColumnKind.Text, null, Nullable: false),
        new("name", ColumnKind.Text, null),
        new("close", ColumnKind.Double, null),
        new("vol", ColumnKind.Long, null),
    ];

    private static readonly Gen<Row> s_rows =
        from name in Gen.Elements("a", "b", null)
        from close in Gen.Elements<double?>(0.0, -0.0, 1.0, Math.BitIncrement(1.0), null)
        from volume in Gen.Elements<long?>(0, 1, null)
        select new Row(name, close, volume);

    private static readonly Gen<Answers> s_answers =
        from day in s_rows.ListOf()
        from other in s_rows.ListOf()
        from isSame in Gen.Elements(true, false)
        from shuffled in Gen.Shuffle([.. day])
        select new Answers([.. day], isSame ? [.. shuffled] : [.. other]);

    [Fact]
    public void Difference_IsNoneWhereTheRowsAreTheSameAsAMultiset() =>
        Prop.ForAll(s_answers.ToArbitrary(), Check).QuickCheckThrowOnFailure();

    [Fact]
    public void Difference_NamesTheFirstColumnAndBothValues()
    {
        var difference = Of([new Row("a", 1.0, 7)], [new Row("a", Math.BitIncrement(1.0), null)]);

        difference.ShouldBe("close is 1 by day and 1.0000000000000002 by symbol");
        Of([new Row("a", 1.0, 7)], [new Row("a", 1.0, null)]).ShouldBe("vol is 7 by day and absent by symbol");
    }

    private static void Check(Answers answers)
    {
        var (day, bySymbol) = answers;

        var difference = Of(day, bySymbol);

        var isSame = day.Select(Key).Order().SequenceEqual(bySymbol.Select(Key).Order());
        (difference is null).ShouldBe(isSame);
    }

    private static string? Of(Row[] day, Row[] bySymbol)
    {
        // The day has rows of others, too, before and after.
        var rows = new ColumnBatch(s_columns);
        Append(rows, "000001.SZ", new Row("x", 1, 1));
        foreach (var row in day)
        {
            Append(rows, Symbol, row);
            Append(rows, "600000.S", row);
        }

        var alone = new ColumnBatch(s_columns);
        foreach (var row in bySymbol)
        {
            Append(alone, Symbol, row);
        }

        return AxisDifference.Of(rows, AxisDifference.RowsOf(rows, "ts_code", Symbol), alone);
    }

    private static void Append(ColumnBatch rows, string symbol, Row row)
    {
        ((TextColumn)rows["ts_code"]).Append(Encoding.UTF8.GetBytes(symbol));
        if (row.Name is { } name)
        {
            ((TextColumn)rows["name"]).Append(Encoding.UTF8.GetBytes(name));
        }
        else
        {
            rows["name"].AppendNull();
        }

        Append(rows["close"], row.Close);
        Append(rows["vol"], row.Volume);
    }

    private static void Append<T>(Column column, T? value)
        where T : unmanaged, IEquatable<T>
    {
        if (value is { } number)
        {
            ((ValueColumn<T>)column).Append(number);
        }
        else
        {
            column.AppendNull();
        }
    }

    private static string Key(Row row) =>
        $"{row.Name} {(row.Close is { } close ? BitConverter.DoubleToInt64Bits(close) : null)} {row.Volume}";

    private sealed record Answers(Row[] Day, Row[] BySymbol);

    private sealed record Row(string? Name, double? Close, long? Volume);
}
