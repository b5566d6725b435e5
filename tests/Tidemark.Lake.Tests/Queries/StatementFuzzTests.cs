using System.Text;
using Tidemark.DuckDb;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Queries;

/// <summary>
/// Statements made by a grammar of what writes, what reads and what hides the one in the other, and cut and
/// mixed besides. Whatever the judge lets pass is run. Nothing may be written, the process may not end, and nothing but
/// a query may run.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class StatementFuzzTests(FencedCatalog catalog, ITestOutputHelper output) : IClassFixture<FencedCatalog>
{
    private const int Seed = 8;
    private const int FingerprintEvery = 2_000;

    // bench/crash asks for 200,000.
    private static readonly int s_statements = Effort.Of(20_000);

    /// <summary>What comes of 100,000 statements, and half of how often it does with these seeds.</summary>
    private static readonly Dictionary<string, int> s_least = new(StringComparer.Ordinal)
    {
        ["ran"] = 2_400,
        ["ENGINE"] = 37_000,
        ["SQL_NOT_A_QUERY"] = 9_900,
        ["SQL_FUNCTION_REFUSED"] = 430,
    };

    private static readonly string[] s_reads =
    [
        "SELECT 1",
        "SELECT * FROM ods.ods_prices",
        "FROM ods.ods_prices_dt('2022-06-01')",
        "VALUES (1)",
        "WITH a AS (SELECT 1) FROM a",
        "DESCRIBE ods.ods_prices",
        "SHOW TABLES",
        "SUMMARIZE SELECT 1",
        "(SELECT 'x' LIKE'\\')",
        "SELECT E'\\''",
        "SELECT $$;$$",
        "SELECT * FROM range(3)",
        "TABLE ods.ods_prices",
        "PIVOT ods.ods_prices ON code IN ('A') USING sum(price)",
    ];

    private static readonly string[] s_writes =
    [
        "COPY (SELECT 42) TO '{0}/p.csv'",
        "COPY ods.ods_prices TO '{0}/p.parquet'",
        "EXPORT DATABASE '{0}/out'",
        "CREATE TABLE t AS SELECT 1",
        "CREATE TEMP TABLE t AS SELECT 1",
        "INSERT INTO catalog_meta.table_versions SELECT * FROM catalog_meta.table_versions",
        "DROP VIEW ods.ods_prices",
        "ATTACH '{0}/o.duckdb'",
        "SET memory_limit = '1GB'",
        "SET VARIABLE x = 1",
        "PRAGMA enable_profiling",
        "CALL enable_logging(storage = 'file', storage_config = {'path': '{0}/log'})",
        "SELECT * FROM enable_logging(storage = 'file', storage_config = {'path': '{0}/log'})",
        "SELECT * FROM checkpoint()",
        "SELECT write_log('x')",
        "FROM query('SELECT * FROM checkpoint()')",
        "PIVOT ods.ods_prices ON code USING sum(price)",
        "INSTALL httpfs",
        "BEGIN",
        "USE temp",
        "PREPARE p AS SELECT 1",
        "EXECUTE p",
        "VACUUM",
    ];

    private static readonly string[] s_openings =
    [
        "",
        "EXPLAIN ",
        "EXPLAIN ANALYZE ",
        "EXPLAIN (FORMAT json) ",
        "EXPLAIN (ANALYZE, FORMAT json) ",
        "/* /* */ SELECT */ ",
        "/* */ ",
        "-- SELECT 1\n",
        "--\r",
        "SELECT 1 --\r",
        "SELECT 1 AS a$$; ",
        "SELECT 'x' LIKE'\\'; ",
        "SELECT $ä$ ; ",
        "SELECT $a1$; ",
        "SELECT E'\\''; ",
        "SELECT \"a\"\"; ",
        "(",
        "DESCRIBE ",
        "FROM (",
        "WITH x AS (",
        "\ufeff",
        "\u00a0",
        ";",
        "; ;",
        "CREATE VIEW v AS ",
        "PREPARE q AS ",
        "SELECT (",
    ];

    private static readonly string[] s_closings =
    [
        "",
        ";",
        "; ",
        " --",
        " --'",
        " --$$",
        " --$ä$",
        " /* ",
        " */",
        ")",
        ") FROM x",
        ") SELECT 1",
        "\r",
        "\n;\n",
        " UNION ALL SELECT 1",
        " LIMIT 1",
        "\0; SELECT 1",
        "$a1$",
    ];

    [Fact]
    public async Task Statements_MadeAndMutated_WriteNothingAndRunAsQueriesOnly()
    {
        using var other = await catalog.OpenAsync();
        var before = catalog.Fingerprint();
        var settings = Settings(catalog.Connection);
        output.WriteLine($"seeds {Seed} and {Seed + 1}, {s_statements} statements");

        var lanes = await Task.WhenAll(
            Task.Run(() => Lane(catalog.Connection, Seed, before)),
            Task.Run(() => Lane(other.Connection, Seed + 1, before))
        );

        catalog.Fingerprint().ShouldBe(before);
        Settings(catalog.Connection).ShouldBe(settings);
        Settings(other.Connection).ShouldBe(settings);
        var counts = lanes.SelectMany(l => l).GroupBy(c => c.Key, c => c.Value).ToDictionary(g => g.Key, g => g.Sum());
        var seen = string.Join(
            ", ",
            counts.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key} {c.Value}")
        );
        output.WriteLine($"proof: {s_statements} statements of a grammar judged: {seen}");
        // The grammar reaches all ends, and not less often than it did, or the test would see less and less.
        foreach (var (end, least) in s_least)
        {
            counts
                .GetValueOrDefault(end)
                .ShouldBeGreaterThan((int)((long)least * s_statements / 100_000), $"{end}: {seen}");
        }

        counts.Keys.Except(s_least.Keys).ShouldBeEmpty(seen);
    }

    private Dictionary<string, int> Lane(DuckDbConnection connection, int seed, string before)
    {
        var random = new Random(seed);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < s_statements / 2; i++)
        {
            var sql = Statement(random).Replace("{0}", catalog.Folder, StringComparison.Ordinal);
            var outcome = FencedCatalog.Try(connection, sql) ?? "ran";
            counts[outcome] = counts.GetValueOrDefault(outcome) + 1;
            if (i % FingerprintEvery == 0)
            {
                catalog.Fingerprint().ShouldBe(before, $"seed {seed}, statement {i}: {sql}");
            }
        }

        return counts;
    }

    private static string Statement(Random random)
    {
        var sql = new StringBuilder();
        for (var parts = random.Next(1, 4); parts > 0; parts--)
        {
            sql.Append(Any(random, s_openings));
            sql.Append(random.Next(2) == 0 ? Any(random, s_reads) : Any(random, s_writes));
            sql.Append(Any(random, s_closings));
        }

        for (var changes = random.Next(6) - 2; changes > 0 && sql.Length > 2; changes--)
        {
            Mutate(sql, random);
        }

        return sql.ToString();
    }

    private static void Mutate(StringBuilder sql, Random random)
    {
        var at = random.Next(sql.Length);
        switch (random.Next(5))
        {
            case 0:
                sql.Remove(at, Math.Min(random.Next(1, 6), sql.Length - at));
                break;
            case 1:
                sql.Insert(at, "';\"$-/*()\\\r\n\t E"[random.Next(15)]);
                break;
            case 2:
                sql.Insert(at, Any(random, s_openings));
                break;
            case 3:
                sql.Insert(at, Any(random, s_closings));
                break;
            default:
                sql[at] = (char)random.Next(1, 0x250);
                break;
        }
    }

    private static string Any(Random random, string[] of) => of[random.Next(of.Length)];

    private static string Settings(DuckDbConnection connection)
    {
        using var rows = connection.Query(
            "SELECT string_agg(name || '=' || coalesce(value, ''), chr(10) ORDER BY name) FROM duckdb_settings()"
        );
        return (string)rows.Rows().Single()[0]!;
    }
}
