using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Extraction;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Row checks against the plainest model: rows as records, keys in a dictionary. FsCheck prints the seed of what it
/// falsifies.
/// </summary>
public sealed class RowChecksProperties
{
    private static readonly DateOnly s_day = new(2024, 6, 12);
    private static readonly int s_epoch = new DateOnly(1970, 1, 1).DayNumber;

    private static readonly DatasetDefinition s_dataset = new()
    {
        Id = "test.bars",
        Title = "Bars",
        Vendor = "test",
        Api = "bars",
        Table = "ods_bars",
        Module = "stock.bars",
        Bucket = Bucket.Stock,
        Grain = UnitGrain.TradingDay,
        Expected = ExpectedRows.InstrumentDay,
        Calendar = "XSHG",
        AvailableAt = new TimeOnly(16, 30),
        Grace = TimeSpan.FromHours(2),
        Parameters = new Dictionary<string, string>(),
        FanOut = new Dictionary<string, IReadOnlyList<string>>(),
        RowCap = 100,
        DateColumn = "day",
        Key = ["code", "day", "slot"],
        Columns =
        [
            new ColumnDefinition("code", ColumnKind.Text, Nullable: false),
            new ColumnDefinition("day", ColumnKind.Date, Nullable: false),
            new ColumnDefinition("slot", ColumnKind.Text),
            new ColumnDefinition("close", ColumnKind.Double),
        ],
    };

    /// <summary>
    /// Few values, so that repeats are frequent; faults are rare, so that most batches get past the first check.
    /// </summary>
    private static readonly Gen<Row> s_rows =
        from code in Gen.Frequency((80, Gen.Elements("a", "b", "c", "d", "e", "f")), (1, Gen.Elements(null!, "")))
        from offset in Gen.Frequency((60, Gen.Constant<int?>(0)), (1, Gen.Elements<int?>(-1, 1, null)))
        from slot in Gen.Elements("x", "", null)
        from close in Gen.Frequency((20, Gen.Constant<double?>(1)), (1, Gen.Elements<double?>(0, 2, null, double.NaN)))
        select new Row(code, offset, slot, close);

    [Fact]
    public void Normalize_KeyOfNoCharacters_IsMissing()
    {
        var rows = new ColumnBatch(s_dataset.Columns);
        foreach (var code in new[] { "600519.SH", "" })
        {
            ((TextColumn)rows["code"]).Append(Encoding.UTF8.GetBytes(code));
            ((ValueColumn<int>)rows["day"]).Append(s_day.DayNumber - s_epoch);
            ((TextColumn)rows["slot"]).Append([]); // may be empty: it may be null
            ((ValueColumn<double>)rows["close"]).Append(1.5);
        }

        var error = Should.Throw<TidemarkException>(() =>
            RowChecks.Normalize(s_dataset, new UnitId(s_dataset.Id, s_day), rows)
        );

        error.Code.ShouldBe("VALUE_MISSING");
        error.Message.ShouldContain("row 2 has no code");
    }

    [Fact]
    public void Normalize_AnyRows_DoesWhatTheModelDoes() =>
        Prop.ForAll(
                s_rows.ListOf().ToArbitrary(),
                rows =>
                {
                    var unit = new UnitId(s_dataset.Id, s_day);
                    var (code, kept) = Model([.. rows]);
                    if (code is not null)
                    {
                        var error = Should.Throw<TidemarkException>(() =>
                            RowChecks.Normalize(s_dataset, unit, Batch(rows))
                        );
                        error.Code.ShouldBe(code);
                        error.Kind.ShouldBe(ErrorKind.Schema);
                        error.Message.ShouldStartWith("test.bars/2024-06-12: ");
                        return;
                    }

                    var result = RowChecks.Normalize(s_dataset, unit, Batch(rows));
                    result.Dropped.ShouldBe(rows.Count - kept.Count);
                    Rows(result.Rows).ShouldBe(kept);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static (string? Code, List<Row> Kept) Model(Row[] rows)
    {
        if (rows.Any(r => string.IsNullOrEmpty(r.Code) || r.Offset is null))
        {
            return ("VALUE_MISSING", []);
        }

        if (rows.Any(r => r.Offset != 0))
        {
            return ("DATE_OUTSIDE_REQUEST", []);
        }

        var kept = new Dictionary<(string?, string?), Row>();
        var order = new List<Row>();
        foreach (var row in rows)
        {
            if (kept.TryGetValue((row.Code, row.Slot), out var first))
            {
                if (first != row)
                {
                    return ("KEY_REPEATED", []);
                }

                continue;
            }

            kept[(row.Code, row.Slot)] = row;
            order.Add(row);
        }

        return (null, order);
    }

    private static ColumnBatch Batch(IReadOnlyList<Row> rows)
    {
        var batch = new ColumnBatch(s_dataset.Columns);
        foreach (var row in rows)
        {
            Append(batch.Columns[0], row.Code);
            AppendValue<int>(batch.Columns[1], row.Offset is { } offset ? s_day.DayNumber - s_epoch + offset : null);
            Append(batch.Columns[2], row.Slot);
            AppendValue<double>(batch.Columns[3], row.Close);
        }

        return batch;
    }

    private static void Append(Column column, string? text)
    {
        if (text is null)
        {
            column.AppendNull();
        }
        else
        {
            ((TextColumn)column).Append(Encoding.UTF8.GetBytes(text));
        }
    }

    private static void AppendValue<T>(Column column, T? value)
        where T : unmanaged
    {
        if (value is { } present)
        {
            ((ValueColumn<T>)column).Append(present);
        }
        else
        {
            column.AppendNull();
        }
    }

    private static List<Row> Rows(ColumnBatch batch) =>
        [
            .. Enumerable
                .Range(0, batch.RowCount)
                .Select(i => new Row(
                    Text(batch.Columns[0], i),
                    batch.Columns[1].IsNull(i)
                        ? null
                        : ((ValueColumn<int>)batch.Columns[1]).Values[i] - (s_day.DayNumber - s_epoch),
                    Text(batch.Columns[2], i),
                    batch.Columns[3].IsNull(i) ? null : ((ValueColumn<double>)batch.Columns[3]).Values[i]
                )),
        ];

    private static string? Text(Column column, int row) =>
        column.IsNull(row) ? null : Encoding.UTF8.GetString(((TextColumn)column)[row]);

    private sealed record Row(string? Code, int? Offset, string? Slot, double? Close);
}
