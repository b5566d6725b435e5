using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests.Advice;

/// <summary>"Vendors" of <c>docs/errors.md</c>, as far as pages are concerned, and "Rows that do not fit".</summary>
public sealed class PageAdvice(AdviceLake lake) : AdviceWalk(lake)
{
    private const string Daily = AdviceWorld.Daily;
    private const string Whole = "row_cap: 6000";
    private static readonly string[] s_refetch = AdviceLake.RefetchDaily;

    internal static readonly AdviceScenario[] All =
    [
        new("VENDOR_PAGE_REPEATED", s_refetch)
        {
            Break = w => InPagesAsync(w, 20, (first, _, _) => first),
            Exit = 4,
            Says = "a `row_cap` that a whole answer fits",
            Obey = w => Edit(w, Daily, "row_cap: 20,", $"{Whole},"),
        },
        new("VENDOR_PAGES_SHIFT", s_refetch)
        {
            Break = w =>
                InPagesAsync(
                    w,
                    20,
                    (first, page, _) =>
                    {
                        page["data"]!["items"]!.AsArray().Insert(0, first["data"]!["items"]![19]!.DeepClone());
                        return page;
                    }
                ),
            Exit = 4,
            Says = "a `row_cap` that a whole answer fits",
            Obey = w => Edit(w, Daily, "row_cap: 20,", $"{Whole},"),
        },
        new("VENDOR_TOO_MANY_PAGES", s_refetch)
        {
            Break = w => InPagesAsync(w, 2, (first, _, offset) => Numbered(first, offset)),
            Exit = 4,
            Says = "Ask for less at once in the dataset's `request`",
            Obey = w => Edit(w, Daily, "row_cap: 2,", $"{Whole},"),
        },
        new("VENDOR_PAGE_MISSING", s_refetch)
        {
            Break = w =>
                FaultyRelay.BetweenAsync(
                    w,
                    "daily",
                    (_, answer) =>
                    {
                        answer["data"]!["has_more"] = true;
                        return HostileAnswer.Of(answer.ToJsonString());
                    }
                ),
            Exit = 4,
            Says = "Run the same command again later. If it stays so, tell the vendor",
            Obey = FaultyRelay.MendAsync,
        },
        new("VENDOR_TOO_LARGE", s_refetch)
        {
            Break = async w =>
            {
                await Configure(w, "engine: { memory: 250MB }");
                await FaultyRelay.BetweenAsync(
                    w,
                    "daily",
                    (_, answer) =>
                    {
                        answer["remark"] = new string('x', 9 << 20);
                        return HostileAnswer.Of(answer.ToJsonString());
                    }
                );
            },
            Exit = 4,
            Says = "or raise `engine.memory`",
            Obey = w => Edit(w, "tidemark.yaml", "memory: 250MB", "memory: 1GB"),
        },
        new("VENDOR_ROWS_TOO_LARGE", s_refetch)
        {
            Break = async w =>
            {
                await Configure(w, "engine: { memory: 250MB }");
                w.Redefine(Daily, "  amount:", "  remark: { type: text, optional: true }\n  amount:");
                await InPagesAsync(w, 20, (_, page, _) => WithRemarks(page), spoilsFirst: true);
            },
            Exit = 4,
            Says = "or raise `engine.memory`",
            Obey = w => Edit(w, "tidemark.yaml", "memory: 250MB", "memory: 1GB"),
        },
        new("DATE_OUTSIDE_REQUEST", s_refetch)
        {
            Break = w =>
                FaultyRelay.SpoilRowsAsync(
                    w,
                    "daily",
                    (fields, rows) => rows[0]![Of(fields, "trade_date")] = "20250102"
                ),
            Exit = 4,
            Says = "the same command tries again what failed or is open",
            Obey = FaultyRelay.MendAsync,
        },
        new("DATE_OUTSIDE_REQUEST", AdviceLake.Backfill)
        {
            Break = async w =>
            {
                await w.LoseAsync("ods_daily");
                await FaultyRelay.SpoilRowsAsync(
                    w,
                    "daily",
                    (fields, rows) => rows[0]![Of(fields, "trade_date")] = "20250102"
                );
            },
            Exit = 4,
            Says = "`off: [tushare.daily]`",
            Obey = w => Configure(w, "off: [tushare.daily]"),
        },
        new("KEY_REPEATED", s_refetch)
        {
            Break = w => FaultyRelay.SpoilRowsAsync(w, "daily", AnotherOfTheFirst),
            Exit = 4,
            Says = "if both rows are right, lengthen its `key`",
            Obey = w => Do(() => w.Redefine(Daily, "key: [ts_code, trade_date]", "key: [ts_code, trade_date, close]")),
        },
        new("VALUE_MISSING", s_refetch)
        {
            Break = async w =>
            {
                w.Redefine(Daily, "  amount: { type: double,", "  amount: { nullable: false, type: double,");
                await FaultyRelay.SpoilRowsAsync(w, "daily", (fields, rows) => rows[0]![Of(fields, "amount")] = null);
            },
            Exit = 4,
            Says = "take `nullable: false` from the column",
            Obey = w => Edit(w, Daily, "nullable: false, ", ""),
        },
        new("LIST_SHRINKS", AdviceLake.RefetchList)
        {
            Break = w => FaultyRelay.SpoilRowsAsync(w, "stock_basic", (_, rows) => Shorten(rows, 10)),
            Exit = 4,
            Says = "tidemark refetch tushare.stock_basic --allow-shrink REASON",
            Then = [.. AdviceLake.RefetchList, "--allow-shrink", "delisted"],
        },
        new("COMMIT_SHRINKS", s_refetch)
        {
            Break = w => FaultyRelay.SpoilRowsAsync(w, "daily", (_, rows) => Shorten(rows, 40)),
            Exit = 4,
            Says = "--allow-shrink REASON",
            Then = [.. s_refetch, "--allow-shrink", "halted"],
            ExitThen = 4, // what stands now is less than the calendar expects, which is another matter
        },
    ];

    public static TheoryData<string> Walked => Codes(All);

    private protected override IReadOnlyList<AdviceScenario> Scenarios => All;

    [Theory]
    [MemberData(nameof(Walked))]
    public Task Advice_DoneAsItIsSaid_RemovesTheError(string code) => WalkAsync(code);

    /// <summary>
    /// A dataset whose cap is too small for a day, and a vendor that makes a mess of its further pages.
    /// </summary>
    /// <param name="world">Where.</param>
    /// <param name="cap">The most rows of a page.</param>
    /// <param name="further">Of the first page, a further one and its offset, what is sent for that.</param>
    /// <param name="spoilsFirst">The first page is sent so, too.</param>
    private static Task InPagesAsync(
        AdviceWorld world,
        int cap,
        Func<JsonNode, JsonNode, int, JsonNode> further,
        bool spoilsFirst = false
    )
    {
        world.Redefine(Daily, Whole, $"row_cap: {cap.ToString(CultureInfo.InvariantCulture)}");
        JsonNode? first = null;
        return FaultyRelay.BetweenAsync(world, "daily", Spoil);

        HostileAnswer Spoil(JsonElement request, JsonNode page)
        {
            var offset = request.GetProperty("params").GetProperty("offset").GetInt32();
            first ??= page.DeepClone();
            if (offset == 0 && !spoilsFirst)
            {
                return HostileAnswer.Of(page.ToJsonString());
            }

            return HostileAnswer.Of(further(first!, page, offset).ToJsonString());
        }
    }

    /// <summary>Two rows that nobody has seen before.</summary>
    private static JsonNode Numbered(JsonNode first, int offset)
    {
        var page = first.DeepClone();
        for (var row = 0; row < 2; row++)
        {
            page["data"]!["items"]![row]![0] = string.Create(CultureInfo.InvariantCulture, $"9{offset + row:D5}.SZ");
        }

        return page;
    }

    /// <summary>The rows with a long text each.</summary>
    private static JsonNode WithRemarks(JsonNode page)
    {
        page["data"]!["fields"]!.AsArray().Add("remark");
        foreach (var row in page["data"]!["items"]!.AsArray())
        {
            row!.AsArray().Add(new string('x', 390_000));
        }

        return page;
    }

    private static void AnotherOfTheFirst(string[] fields, JsonArray rows)
    {
        var other = rows[0]!.DeepClone();
        other[Of(fields, "close")] = 99.5;
        rows.Add(other);
    }

    private static void Shorten(JsonArray rows, int to)
    {
        while (rows.Count > to)
        {
            rows.RemoveAt(rows.Count - 1);
        }
    }

    private static int Of(string[] fields, string column) => Array.IndexOf(fields, column);
}
