using Tidemark.Core.Columns;
using Tidemark.DuckDb;
using Tidemark.Lake.Tables;

namespace Tidemark.Bench.Lake;

/// <summary>
/// Daily bars as a market has them, the same rows for both sides: in a DuckDB table and in our batches.
/// </summary>
internal static class Bars
{
    public const int StocksADay = 5_400;
    public static readonly DateOnly FirstDay = new(2010, 1, 4);
    private static readonly DateOnly s_epoch = new(1970, 1, 1);

    private static readonly ColumnDefinition[] s_columns =
    [
        new("ts_code", ColumnKind.Text, Nullable: false),
        new("trade_date", ColumnKind.Date, Nullable: false),
        new("open", ColumnKind.Double),
        new("high", ColumnKind.Double),
        new("low", ColumnKind.Double),
        new("close", ColumnKind.Double),
        new("pre_close", ColumnKind.Double),
        new("change", ColumnKind.Double),
        new("pct_chg", ColumnKind.Double),
        new("vol", ColumnKind.Double),
        new("amount", ColumnKind.Double),
    ];

    public static TableDefinition Table(string name) =>
        new(
            new TableId("ods", name),
            [.. s_columns.Select(c => new LakeColumn(c.Name, LakeType.Of(c.Kind), c.Nullable))],
            ["ts_code"]
        );

    /// <summary>The rows of a day as a query: prices with two decimals, like a vendor's.</summary>
    public static string DaySql(DateOnly day, int stocks = StocksADay)
    {
        var salt = day.DayNumber;
        return $"""
            SELECT printf('%06d.%s', 600000 + i, CASE WHEN i % 2 = 0 THEN 'SH' ELSE 'SZ' END) AS ts_code, DATE '{day:yyyy-MM-dd}' AS trade_date,
                   p AS open, round(p * 1.02, 2) AS high, round(p * 0.98, 2) AS low, round(p * 1.01, 2) AS close, round(p * 0.99, 2) AS pre_close,
                   round(p * 0.02, 2) AS change, round((hash(i, {salt}, 1) % 2000)::DOUBLE / 100 - 10, 2) AS pct_chg,
                   (hash(i, {salt}, 2) % 100000000)::DOUBLE / 100 AS vol, (hash(i, {salt}, 3) % 10000000000)::DOUBLE / 1000 AS amount
            FROM (SELECT i, round((hash(i, {salt}) % 20000)::DOUBLE / 100 + 1, 2) AS p FROM range({stocks}) t(i))
            """;
    }

    /// <summary>Reads a query with the columns of a day into a batch.</summary>
    public static ColumnBatch Batch(DuckDbConnection connection, string sql)
    {
        var batch = new ColumnBatch(s_columns, StocksADay);
        using var result = connection.Query(sql);
        foreach (var row in result.Rows())
        {
            ((TextColumn)batch.Columns[0]).Append(System.Text.Encoding.UTF8.GetBytes((string)row[0]!));
            ((ValueColumn<int>)batch.Columns[1]).Append(((DateOnly)row[1]!).DayNumber - s_epoch.DayNumber);
            for (var i = 2; i < s_columns.Length; i++)
            {
                ((ValueColumn<double>)batch.Columns[i]).Append((double)row[i]!);
            }
        }

        return batch;
    }
}
