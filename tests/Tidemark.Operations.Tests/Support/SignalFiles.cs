namespace Tidemark.Operations.Tests.Support;

/// <summary>Files of two days as <see cref="DropWorkspace"/> declares them.</summary>
internal static class SignalFiles
{
    public const string Header = "code,day,score,rank,chosen,seen_at,note,extra\n";
    public const string Wednesday = Header + "AAA,2026-08-19,1,1,0,,,\n";

    public const string Thursday =
        Header
        + "AAA,2026-08-20,0.1,1,true,2026-08-20 09:30:00,\"so, \"\"so\"\"\",x\n"
        + "BBB,20260820,-2.5e3,,False,2026-08-20T01:30:00Z,,y\n"
        + "CCC,2026-08-20 00:00:00,,3,,,\"\",\n";

    public const string ThursdayRows = """
        AAA|2026-08-20|0.1|1|true|1787189400.0|so, "so"
        BBB|2026-08-20|-2500.0|false|1787189400.0|null
        CCC|2026-08-20|3|
        """;

    public const string ThursdayJson = """
        [{"code":"AAA","day":"2026-08-20","score":0.1,"rank":1,"chosen":true,"seen_at":"2026-08-20 09:30:00","note":"so, \"so\""},
        {"day":"20260820","code":"BBB","score":-2500,"rank":null,"chosen":false,"seen_at":"2026-08-20T01:30:00Z","note":null},
        {"code":"CCC","day":"2026-08-20","score":null,"rank":3,"chosen":null,"seen_at":null,"note":""}]
        """;

    public const string ThursdayParquet = """
        FROM (VALUES
          ('AAA', DATE '2026-08-20', 0.1::DOUBLE, 1, true, TIMESTAMP '2026-08-20 09:30:00', 'so, "so"'),
          ('BBB', DATE '2026-08-20', -2500, NULL, false, TIMESTAMP '2026-08-20 09:30:00', NULL),
          ('CCC', DATE '2026-08-20', 'NaN'::DOUBLE, 3, NULL, NULL, '')) AS t(code, day, score, rank, chosen, seen_at, note)
        """;
}
