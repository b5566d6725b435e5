using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>What is printed is what is stored: every type, whole, the same whatever the shell's time zone is.</summary>
public sealed class PrintingTests(SmallLake lake) : IClassFixture<SmallLake>
{
    private const string Query = """
        SELECT TIME '09:30:59' AS t, TIME '14:56:57.250' AS tf, TIMETZ '10:00:00+08' AS tz, TIMESTAMP '2024-02-29 23:59:59.123456' AS ts,
          TIMESTAMP_NS '2024-02-29 23:59:59.123456789' AS ns, TIMESTAMPTZ '2024-02-29 12:00:00+00' AS m, DATE 'infinity' AS di,
          DATE '290000-01-01 (BC)' AS bc, 'nan'::DOUBLE AS n, 'inf'::DOUBLE AS f, -0.0::DOUBLE AS z,
          170141183460469231731687303715884105727::HUGEINT AS h, 0.123456789012345678901234567890::DECIMAL(38,30) AS d,
          '10101'::BIT AS b, 'x\x00y'::BLOB AS bl, [1, NULL] AS l, {'k': TIME '01:02:03'} AS s, MAP {'a': 1} AS mp, 'a'::ENUM('a', 'b') AS e,
          INTERVAL 3 MONTH AS iv, NULL AS nu, 1 AS t
        """;

    [Theory]
    [InlineData("America/New_York")]
    [InlineData("UTC")]
    public async Task Json_OfEveryType_IsWhole(string shell) =>
        (await RunAsync(shell, Query, "json")).ShouldBe(
            """
            [
              {"t":"09:30:59","tf":"14:56:57.25","tz":"10:00:00+08","ts":"2024-02-29 23:59:59.123456","ns":"2024-02-29 23:59:59.123456789","m":"2024-02-29 20:00:00+08","di":"infinity","bc":"290000-01-01 (BC)","n":"NaN","f":"Infinity","z":-0.0,"h":170141183460469231731687303715884105727,"d":0.123456789012345678901234567890,"b":"10101","bl":"x\\x00y","l":[1,null],"s":{"k":"01:02:03"},"mp":{"a":1},"e":"a","iv":"3 months","nu":null,"t_2":1}
            ]

            """
        );

    [Theory]
    [InlineData("America/New_York")]
    [InlineData("UTC")]
    public async Task Csv_OfEveryType_IsWhole(string shell) =>
        (await RunAsync(shell, Query, "csv")).ShouldBe(
            """
            t,tf,tz,ts,ns,m,di,bc,n,f,z,h,d,b,bl,l,s,mp,e,iv,nu,t_2
            09:30:59,14:56:57.25,10:00:00+08,2024-02-29 23:59:59.123456,2024-02-29 23:59:59.123456789,2024-02-29 20:00:00+08,infinity,290000-01-01 (BC),nan,inf,-0.0,170141183460469231731687303715884105727,0.123456789012345678901234567890,10101,x\x00y,"[1, NULL]",{'k': '01:02:03'},{a=1},a,3 months,,1

            """
        );

    [Fact]
    public async Task Table_OfTimes_HasTheirSeconds()
    {
        var table = await RunAsync("UTC", "SELECT TIME '09:30:59' AS a, TIME '14:56:57.250' AS b", "table");

        table.ShouldContain("09:30:59");
        table.ShouldContain("14:56:57.25");
    }

    [Fact]
    public async Task Json_OfAQueryThatFailsHalfWay_IsTheErrorDocumentAlone()
    {
        var ended = await lake.Workspace.RunAsync(
            "sql",
            "SELECT CASE WHEN i = 9000 THEN error('half way') ELSE i END AS i FROM range(10000) t(i)",
            "--json"
        );

        ended.ExitCode.ShouldNotBe(0);
        ended.Json().GetProperty("error").Text("message").ShouldContain("half way");
    }

    [Fact]
    public async Task Rows_BeyondTheMost_AreCutAndThatIsSaid()
    {
        var ended = await lake.Workspace.RunAsync("sql", "FROM range(9)", "--format", "csv", "--max-rows", "3");

        ended.With(exitCode: 0).Out.ShouldBe("range\n0\n1\n2\n");
        ended.Error.ShouldContain("cut at --max-rows");
    }

    [Fact]
    public async Task Query_InAFile_IsRun()
    {
        var file = lake.Scratch("question.sql");
        await File.WriteAllTextAsync(file, "SELECT 42 AS answer -- of the file\n");

        (await lake.Workspace.RunAsync("sql", "-f", file, "--format", "csv"))
            .With(exitCode: 0)
            .Out.ShouldBe("answer\n42\n");
    }

    private async Task<string> RunAsync(string zone, string query, string format)
    {
        var workspace = new Workspace(lake.Workspace.Folder, new Dictionary<string, string> { ["TZ"] = zone });
        return (await workspace.RunAsync("sql", query, "--format", format)).With(exitCode: 0).Out;
    }
}
