using System.Text.Json;
using Tidemark.Control.Settings;
using Tidemark.Core.Datasets;

namespace Tidemark.Cli.Tests.Documents;

/// <summary>
/// docs/reference/json.md is what the commands write: every field of the page is in a document, and no field of a
/// document is missing on the page.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class JsonDocumentTests
{
    private readonly Dictionary<string, List<JsonElement>> _documents = new(StringComparer.Ordinal);

    [Fact]
    public async Task Documents_OfAWorkspaceWhereEverythingHappens_AreThoseOfThePage()
    {
        await using var lake = await HalfLake.StartAsync();
        Keep("plan", await lake.JsonAsync("plan"));
        Keep("run", await lake.JsonAsync(new() { ["TIDEMARK__VENDORS__TUSHARE__TOKEN"] = "wrong" }, "run"));
        var first = await lake.JsonAsync("run universe");
        Keep("run", first);
        Keep(
            "plan",
            await lake.JsonAsync("plan --points 0 --from 2008-12-01 --to 2008-12-31 --datasets daily,moneyflow")
        );
        Keep("plan", await lake.JsonAsync("plan"));
        Keep("run", await lake.JsonAsync("run --scheduled"));
        Keep("run", await lake.WithBrokenTableAsync("run universe"));
        Keep("backfill", await lake.JsonAsync("backfill --from 2026-08-20 --to 2026-08-20"));
        Keep(
            "backfill",
            await lake.JsonAsync("backfill --from 2026-08-20 --to 2026-08-20 --datasets daily --symbols 999999.SH")
        );
        var refetches = new[]
        {
            "daily --symbols 000001.SZ",
            "fund_daily --from 2026-08-20",
            "stock_basic --from 2026-08-19 --to 2026-08-19",
            "adj_factor --from 2026-08-19 --to 2026-08-19 --allow-shrink because",
        };
        foreach (var refetch in refetches)
        {
            Keep("refetch", await lake.JsonAsync($"refetch {refetch}"));
        }

        await LookAtSourcesAsync(lake);
        Keep("status", await lake.JsonAsync("status"));
        Keep(
            "status",
            await lake.JsonAsync(
                new() { ["TIDEMARK__PLAN__FROM"] = "2026-12-01", ["TIDEMARK__PLAN__TO"] = "2026-12-02" },
                "status"
            )
        );
        Keep("runs show", await lake.JsonAsync($"runs show {first.GetProperty("runs")[0].GetProperty("id")}"));
        Keep("run", await GiveUpAsync(lake));
        await lake.JsonAsync(new() { ["TIDEMARK__RETENTION__ODS_SUSPEND_D"] = "1d" }, "retention --apply");
        await LookAsync(lake);
        lake.Damage("ods_adj_factor");
        Keep("plan", await lake.JsonAsync("plan"));
        Keep("status", await lake.JsonAsync("status"));
        lake.DeclareUnchecked();
        await lake.JsonAsync("run universe --datasets tushare.factors");
        Keep("status", await lake.JsonAsync("status"));
        lake.Damage("ods_factors");
        Keep("status", await lake.JsonAsync("status"));
        lake.DeclareMore();
        foreach (var dataset in new[] { "daily", "minutes", "prices", "tushare.suspend_d", "rt_min" })
        {
            Keep("datasets show", await lake.JsonAsync($"datasets show {dataset}"));
        }

        await KeepTargetsAsync(lake);
        Keep("datasets", await lake.JsonAsync("datasets"));
        Keep("datasets add", await lake.JsonAsync($"datasets add etf_limit --sample {lake.Answer("etf_limit")}"));
        Keep("datasets sample", await lake.JsonAsync("datasets sample factors --rows 2"));
        Keep("datasets sample", await lake.JsonAsync("datasets sample prices"));
        Keep("datasets check", await lake.JsonAsync($"datasets check --against {lake.Answers}"));

        Keep("plan", await lake.JsonAsync("plan --datasets prices"));
        lake.Clock.Advance(TimeSpan.FromDays(1)); // the list is planned, and what needs it waits
        Keep(
            "plan",
            await lake.JsonAsync(
                new() { ["TIDEMARK__PLAN__TO"] = "2026-08-21" },
                "plan --datasets stock_basic,akshare.stock_zh_a_daily"
            )
        );

        Keep("runs show", await lake.JsonAsync($"runs show {first.GetProperty("runs")[0].GetProperty("id")}"));
        Keep("runs show", await lake.JsonAsync($"runs show {await lake.LoseRunAsync()}"));
        var page = JsonPage.Read(Path.Combine(AppContext.BaseDirectory, "json.md"));

        page.Keys.Order().ShouldBe(_documents.Keys.Order());
        _documents.SelectMany(d => page[d.Key].Compare(d.Value).Select(fault => $"{d.Key}: {fault}")).ShouldBeEmpty();
    }

    private void Keep(string command, JsonElement document)
    {
        _documents.TryAdd(command, []);
        _documents[command].Add(document);
    }

    private async Task KeepTargetsAsync(HalfLake lake)
    {
        Keep("targets", await lake.JsonAsync("targets"));
        Keep("targets", await lake.JsonAsync(new() { ["TIDEMARK__POOLS__TARGETS__SYMBOLS"] = "1" }, "targets"));
        Keep("targets add", await lake.JsonAsync("targets preview --tag exchange:SZSE,ind:sw:l1:银行"));
        Keep("targets add", await lake.JsonAsync("targets preview --instead --tag exchange:SSE"));
        Keep("targets add", await lake.JsonAsync("targets add --tag ind:sw:l1:银行"));
        Keep("targets", await lake.JsonAsync("targets"));
        Keep("targets add", await lake.JsonAsync("targets remove --tag ind:sw:l1:银行"));
        Keep("targets tags", await lake.JsonAsync("targets tags"));
        Keep("targets tags", await lake.JsonAsync("targets tags exchange"));
    }

    /// <summary>Once index_daily was refused; with a flag off and one of the settings damaged for a while.</summary>
    private async Task LookAtSourcesAsync(HalfLake lake)
    {
        Keep("sources test", await lake.JsonAsync("sources test index"));
        Keep("sources", await lake.JsonAsync("sources"));
        Keep("flags", await lake.JsonAsync($"flags set {FlagNames.DailyBasic} off"));
        foreach (var command in new[] { "plan", "run universe", "status", "preflight" })
        {
            Keep(command.Split(' ')[0], await lake.JsonAsync(command));
        }

        Keep("sources enable", await lake.JsonAsync("sources enable stock.daily_basic"));
        await lake.JsonAsync($"flags set {FlagNames.DailyBasic} on");
        await lake.DamageAsync(SettingKeys.RolloutFlags);
        Keep("flags", await lake.JsonAsync("flags"));
        Keep("sources", await lake.JsonAsync("sources"));
        await lake.ForgetAsync(SettingKeys.RolloutFlags);
        foreach (var flag in FlagNames.Waves)
        {
            await lake.JsonAsync($"flags set {flag} on");
        }
    }

    private async Task LookAsync(HalfLake lake)
    {
        await lake.JsonAsync("build");
        foreach (
            var command in new[]
            {
                "status",
                "status --missing",
                "status --entity 000001.SZ",
                "runs",
                "doctor",
                "preflight",
                "tables",
                "tables show dwd.dwd_stock_daily",
                "tables show ods.ods_daily",
                "history ods.ods_suspend_d",
                "history ods.ods_adj_factor",
                "history dwd.dwd_stock_daily",
            }
        )
        {
            var name = command.StartsWith("tables show", StringComparison.Ordinal)
                ? "tables show"
                : command.Split(' ')[0];
            Keep(name, await lake.JsonAsync(command));
        }

        await LookAtScheduleAsync(lake);
        Keep(
            "findings",
            await lake.JsonAsync(new() { ["TIDEMARK__POOLS__TARGETS__SYMBOLS"] = "999999.SZ" }, "findings")
        );
        Keep("error", await lake.JsonAsync("history ods.nothing"));
    }

    private async Task LookAtScheduleAsync(HalfLake lake)
    {
        Keep("pause", await lake.JsonAsync("pause china"));
        lake.BeginJob();
        Keep("schedule", await lake.JsonAsync("schedule"));
        Keep("pause", await lake.JsonAsync("resume china"));
        lake.EndJob();
        Keep("schedule", await lake.JsonAsync("schedule set --at 20:00"));
        Keep("schedule", await lake.JsonAsync("schedule set --enabled false"));
        await lake.JsonAsync("schedule set --enabled true");
        Keep("schedule --simulate", await lake.JsonAsync("schedule --simulate --date 2026-08-20"));
        Keep("schedule", await lake.JsonAsync("schedule reset"));
    }

    /// <summary>Scheduled runs, each when the unit that stays empty is due, until none tries it any more.</summary>
    private static async Task<JsonElement> GiveUpAsync(HalfLake lake)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var status = await lake.JsonAsync("status");
            var next = status.GetProperty("units")[0].GetProperty("next_at");
            if (next.ValueKind == JsonValueKind.Null)
            {
                break;
            }

            lake.Clock.UtcNow = next.GetDateTimeOffset();
            await lake.JsonAsync("run universe --scheduled");
        }

        return await lake.JsonAsync("run universe --scheduled");
    }
}
