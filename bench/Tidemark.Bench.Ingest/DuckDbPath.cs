using System.Diagnostics;
using Tidemark.DuckDb;

namespace Tidemark.Bench.Ingest;

/// <summary>What a DuckDB user would write: read_json → typed table → partitioned Parquet copy. No fsync.</summary>
internal static class DuckDbPath
{
    public static (long Rows, TimeSpan Elapsed) Run(string files, string folder, bool tuned)
    {
        // By itself read_json sniffs the shape and keeps mixed values as JSON; told the shape, it reads texts.
        var shape = tuned
            ? ", columns = {data: 'STRUCT(items VARCHAR[][])'}, maximum_object_size = 100000000"
            : ", maximum_object_size = 100000000";
        var text = tuned ? "" : " ->> '$'";
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        var watch = Stopwatch.StartNew();
        connection.Execute(
            $"""
            CREATE TABLE daily AS
            SELECT (i[1]{text})::VARCHAR AS ts_code, strptime((i[2]{text})::VARCHAR, '%Y%m%d')::DATE AS trade_date, i[3]::DOUBLE AS open, i[4]::DOUBLE AS high,
                   i[5]::DOUBLE AS low, i[6]::DOUBLE AS "close", i[7]::DOUBLE AS pre_close, i[8]::DOUBLE AS "change",
                   i[9]::DOUBLE AS pct_chg, i[10]::DOUBLE AS vol, i[11]::DOUBLE AS amount
            FROM (SELECT unnest(data.items) AS i
                  FROM read_json({DuckDbSql.Literal(files + "/*.json")}{shape}))
            """
        );
        connection.Execute(
            $"COPY (SELECT *, trade_date AS dt FROM daily) TO {DuckDbSql.Literal(folder)} (FORMAT parquet, PARTITION_BY (dt))"
        );
        watch.Stop();
        return ((long)connection.Scalar("SELECT count(*) FROM daily")!, watch.Elapsed);
    }
}
