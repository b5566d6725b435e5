using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;

namespace Tidemark.Lake.Tests.Queries;

/// <summary>Which texts of a definition are one condition and nothing besides.</summary>
public sealed class SqlPredicateTests(FencedCatalog catalog) : IClassFixture<FencedCatalog>
{
    [Theory]
    [InlineData("suspend_type = 'S' AND coalesce(suspend_timing, '') = ''")]
    [InlineData("list_status IN ('L', 'D') -- listed or not")]
    [InlineData("exists (SELECT 1 FROM range(3) t(i) WHERE i = code::INT)")]
    [InlineData("(a = 1) OR (b = 2)")]
    [InlineData("CASE WHEN a THEN b ELSE c END")]
    public void Check_OneCondition_IsFine(string predicate) =>
        Should.NotThrow(() => SqlPredicate.Check(catalog.Connection, predicate));

    [Theory]
    [InlineData("")]
    [InlineData("1=1) AND (1=0")]
    [InlineData("1=1) OR (1=1")]
    [InlineData("true; COPY (SELECT 1) TO '/tmp/x.csv'")]
    [InlineData("1=1) GROUP BY 1; COPY (SELECT 1) TO '/tmp/x.csv'; SELECT (1=1")]
    [InlineData("a, b")]
    [InlineData("a AS b")]
    [InlineData("a FROM range(3) t(a)")]
    [InlineData("a WHERE true")]
    [InlineData("a UNION ALL SELECT true")]
    [InlineData("a ORDER BY 1")]
    [InlineData("a LIMIT 1")]
    [InlineData("DISTINCT a")]
    [InlineData("a /* open")]
    [InlineData("(SELECT max(length(content)) FROM read_text('/etc/hostname')) > 1")]
    [InlineData("(SELECT count(*) FROM glob('/etc/*')) > 1")]
    [InlineData("getenv('HOME') IS NULL")]
    [InlineData("nextval('s') > 1")]
    public void Check_AnythingElse_IsRefused(string predicate) =>
        Should.Throw<DuckDbException>(() => SqlPredicate.Check(catalog.Connection, predicate));
}
