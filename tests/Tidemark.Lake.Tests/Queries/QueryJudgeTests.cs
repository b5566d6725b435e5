using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;

namespace Tidemark.Lake.Tests.Queries;

/// <summary>Which texts are one query that only reads.</summary>
public sealed class QueryJudgeTests(FencedCatalog catalog) : IClassFixture<FencedCatalog>
{
    private static readonly string[] s_writing =
    [
        "COPY (SELECT 42) TO '{0}/p.csv'",
        "/* /* */ SELECT */ COPY (SELECT 42) TO '{0}/p.csv'",
        "SELECT 'x' LIKE'\\'; COPY (SELECT 1) TO '{0}/p.csv' --'",
        "SELECT 1 --\rCOPY (SELECT 1) TO '{0}/p.csv'\r; COPY (SELECT 2) TO '{0}/p.csv'",
        "SELECT 1 AS a$$; COPY (SELECT 1) TO '{0}/p.csv' --$$",
        "SELECT E'\\''; COPY (SELECT 1) TO '{0}/p.csv' --'",
        "SELECT 1; COPY (SELECT 1) TO '{0}/p.csv'",
        "SELECT 1; SELECT 2",
        "EXPLAIN SELECT 1; SELECT 2",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{0}/p.csv'",
        "EXPLAIN (ANALYZE, FORMAT json) COPY (SELECT 1) TO '{0}/p.csv'",
        "EXPLAIN /* x */ ANALYZE -- y\n COPY (SELECT 1) TO '{0}/p.csv'",
        "EXPLAIN SELECT 1; COPY (SELECT 1) TO '{0}/p.csv'",
        "EXPLAIN ANALYZE CREATE TABLE t AS SELECT 1",
        "CREATE TEMP TABLE t AS SELECT 1",
        "CREATE TABLE t AS SELECT 1",
        "INSERT INTO ods.ods_prices SELECT * FROM ods.ods_prices",
        "DELETE FROM catalog_meta.table_versions",
        "DROP VIEW ods.ods_prices",
        "EXPORT DATABASE '{0}/out'",
        "ATTACH '{0}/other.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 1",
        "PRAGMA enable_logging",
        "PRAGMA version",
        "CALL checkpoint()",
        "CHECKPOINT",
        "VACUUM",
        "BEGIN",
        "PREPARE p AS SELECT 1",
        "USE memory",
        "PIVOT ods.ods_prices ON code USING sum(price)",
        "",
        "  -- nothing\n",
        ";",
        "SELECT 1\0; COPY (SELECT 1) TO '{0}/p.csv'",
    ];

    public static TheoryData<string> Writing => [.. s_writing];

    [Theory]
    [MemberData(nameof(Writing))]
    public void Judge_OfWhatIsNotOneQuery_RefusesItAndNothingIsWritten(string text)
    {
        var before = catalog.Fingerprint();

        var error = Should.Throw<Exception>(() =>
            QueryJudge.Judge(catalog.Connection, string.Format(null, text, catalog.Folder))
        );

        (error is DuckDbException || error is TidemarkException { Code: "SQL_NOT_A_QUERY" }).ShouldBeTrue($"{error}");
        catalog.Fingerprint().ShouldBe(before);
    }

    [Theory]
    [InlineData("SELECT * FROM enable_logging(storage = 'file', storage_config = {'path': '{0}/log'})")]
    [InlineData("FROM checkpoint()")]
    [InlineData("FROM system.main.checkpoint()")]
    [InlineData("SELECT * FROM \"force_checkpoint\"()")]
    [InlineData("FROM query('SELECT * FROM checkpoint()')")]
    [InlineData("FROM query_table('ods.ods_prices')")]
    [InlineData("FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))")]
    [InlineData("WITH a AS (SELECT * FROM Enable_Profiling()) FROM a")]
    [InlineData("SELECT (SELECT count(*) FROM disable_logging())")]
    [InlineData("EXPLAIN ANALYZE SELECT * FROM checkpoint()")]
    [InlineData("FROM (DESCRIBE FROM checkpoint())")]
    [InlineData("SELECT write_log('x')")]
    [InlineData("SELECT ('x').write_log()")]
    [InlineData("SELECT list_transform(['a'], lambda x: write_log(x))")]
    [InlineData("SELECT 1 LIMIT nextval('s')")]
    [InlineData("SELECT sum(sleep_ms(1)) OVER () FROM range(3)")]
    [InlineData("FROM duckdb_secrets()")]
    [InlineData("SELECT * FROM duckdb_logs")]
    [InlineData("SELECT (SELECT count(*) FROM system.main.\"DuckDB_Logs\")")]
    [InlineData("SUMMARIZE pg_catalog.pg_prepared_statements")]
    [InlineData("FROM histogram_values('duck' || 'db_logs', level)")]
    [InlineData("FROM read_duckdb('{0}/x.duckdb')")]
    public void Judge_OfAFunctionThatDoesMoreThanRead_RefusesIt(string text)
    {
        var before = catalog.Fingerprint();

        catalog.Try(text.Replace("{0}", catalog.Folder, StringComparison.Ordinal)).ShouldBe("SQL_FUNCTION_REFUSED");

        catalog.Fingerprint().ShouldBe(before);
    }

    [Theory]
    [InlineData("SELECT ';' AS a -- ; and more")]
    [InlineData("(SELECT $$;$$ AS a);")]
    [InlineData("SELECT 1;;  ")]
    [InlineData("EXPLAIN SELECT 1 AS \";\"")]
    [InlineData("-- first\nexplain analyze SELECT * FROM ods.ods_prices;")]
    [InlineData("EXPLAIN (FORMAT json) FROM ods.ods_prices")]
    [InlineData("FROM ods.ods_prices")]
    [InlineData("FROM ods.ods_prices_dt('2022-06-01')")]
    [InlineData("TABLE ods.ods_prices")]
    [InlineData("VALUES (1), (2)")]
    [InlineData("WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) FROM t")]
    [InlineData("DESCRIBE ods.ods_prices")]
    [InlineData("DESCRIBE SELECT 1")]
    [InlineData("SUMMARIZE ods.ods_prices")]
    [InlineData("SHOW TABLES")]
    [InlineData("SHOW ALL TABLES")]
    [InlineData("SHOW DATABASES")]
    [InlineData("PIVOT ods.ods_prices ON code IN ('A', 'B') USING sum(price) GROUP BY dt")]
    [InlineData("UNPIVOT (SELECT 1 AS a, 2 AS b) ON a, b")]
    [InlineData("SELECT * FROM duckdb_views(), range(2), unnest([1, 2])")]
    [InlineData("SELECT * FROM catalog_meta.table_versions")]
    [InlineData("SELECT E'\\'' || 'x' LIKE'\\'")]
    [InlineData("SELECT $ä$ ; COPY (SELECT 1) TO 'p.csv' --$ä$")]
    [InlineData("/* /* */ */ SELECT 1")]
    public void Judge_OfOneQuery_LetsItRun(string text) => catalog.Try(text).ShouldBeNull();

    [Theory]
    [InlineData("SELECT * FROM nothing.here")]
    [InlineData("FROM ods.no_such_macro(1)")]
    [InlineData("SELECT 'no end")]
    [InlineData("SELECT /* no end")]
    [InlineData("SELEC 1")]
    [InlineData("SELECT * FROM read_csv('/etc/passwd')")]
    [InlineData("FROM '/etc/passwd'")]
    public void Judge_OfWhatTheEngineRefuses_SaysItInItsWords(string text) => catalog.Try(text).ShouldBe("ENGINE");

    [Theory]
    [InlineData("+", 30)]
    [InlineData("+", 300)]
    [InlineData("+", 5000)]
    [InlineData(" OR 1 = ", 900)]
    [InlineData(" AND 1 = ", 3000)]
    [InlineData("|| 'x' ||", 50)] // the engine binds these in cubic time
    public void Judge_OfALongExpression_AnswersOrSaysThatItIsTooLong(string between, int terms)
    {
        var result = catalog.Try("SELECT " + string.Join(between, Enumerable.Repeat("1", terms)));

        result.ShouldBe(terms > 1000 && between == "+" ? "ENGINE" : null);
    }

    [Theory]
    [InlineData("(", ")", 3000)]
    [InlineData("CASE WHEN true THEN ", " END", 480)]
    [InlineData("abs(", ")", 80)]
    [InlineData("[", "]", 60)]
    [InlineData("(SELECT ", ")", 6)]
    [InlineData("CASE WHEN true THEN ", " END", 3000)]
    [InlineData("(SELECT ", ")", 3000)]
    [InlineData("abs(", ")", 20000)]
    [InlineData("[", "]", 20000)]
    public void Judge_OfADeepExpression_NeverCrashes(string open, string close, int depth)
    {
        var text =
            "SELECT "
            + string.Concat(Enumerable.Repeat(open, depth))
            + "1"
            + string.Concat(Enumerable.Repeat(close, depth));

        (catalog.Try(text) is null or "ENGINE").ShouldBeTrue();
    }
}
