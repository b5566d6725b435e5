using System.Text.Json;
using System.Text.Json.Nodes;
using Tidemark.Control.Runs;
using Tidemark.Control.Settings;
using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Axes;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Running;

/// <summary>
/// The cursors of the universe in <c>market_meta</c>, for people and scripts that know them: up to which day the bars
/// (<c>universe_last_trade_date</c>, a day) and each of the three waves (<c>{"tradeDate", "symbolOffset"}</c>) are
/// there. Nothing is planned by them. Each moves by itself, past days that are there and whole or given up, and never back.
/// </summary>
public sealed class ModuleCursors(
    DataLake lake,
    MarketMeta meta,
    UnitAttempts attempts,
    IReadOnlyDictionary<string, TradingCalendar> calendars,
    TimeProvider clock
)
{
    private const string BarsModule = "stock.market.daily";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>Moves the cursors of the datasets that runs were about.</summary>
    public async Task MoveAsync(IReadOnlyList<RunOutcome> settled, CancellationToken cancellationToken)
    {
        // A backfill names days of its own, and says nothing of how far the daily runs have come.
        var plans = settled
            .Where(o => o is { Scope: Pool.Universe, Request.Plan: { NamesDays: false, Again: false, Symbols: null } })
            .Select(o => o.Request!.Plan)
            .ToArray();
        if (plans.Length == 0)
        {
            return;
        }

        var kept = await meta.ListAsync(cancellationToken);
        var tried = await attempts.AllAsync(cancellationToken);
        var moved = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var plan in plans)
        {
            foreach (var dataset in plan.Datasets)
            {
                if (
                    KeyOf(dataset) is { } key
                    && await TryNextAsync(dataset, plan, Parse(ValueOf(kept, key)), tried, cancellationToken) is { } day
                )
                {
                    moved[key] = Text(key, day);
                }
            }
        }

        if (moved.Count > 0)
        {
            await meta.SetAsync(moved, cancellationToken);
        }
    }

    private static string? KeyOf(DatasetDefinition dataset) =>
        dataset.Grain != UnitGrain.TradingDay ? null
        : dataset.Module == BarsModule ? MarketMeta.UniverseLastTradeDate
        : dataset.Flag switch
        {
            FlagNames.IndexDaily => MarketMeta.IndexDailyCursor,
            FlagNames.DailyBasic => MarketMeta.DailyBasicCursor,
            FlagNames.Moneyflow => MarketMeta.MoneyflowCursor,
            _ => null,
        };

    /// <summary>The day to which a cursor moves; null where it stays.</summary>
    private async Task<DateOnly?> NextAsync(
        DatasetDefinition dataset,
        PlanRequest plan,
        DateOnly? cursor,
        IReadOnlyDictionary<string, UnitAttempt> tried,
        CancellationToken cancellationToken
    )
    {
        if (!calendars.TryGetValue(dataset.Calendar, out var calendar))
        {
            return null;
        }

        var axis = UnitAxis.Of(dataset);
        var last = axis.LastDay(calendar, clock.GetUtcNow(), plan.AsOf);
        var from = plan.From ?? axis.RecentFrom(calendar, last);
        from = cursor >= from ? cursor.Value.AddDays(1) : from;
        var standing = new StandingUnits(
            dataset,
            await lake.Table(TableDefinition.IdOf(dataset)).SnapshotAsync(cancellationToken)
        );
        DateOnly? reached = null;
        foreach (var day in calendar.OpenDaysBetween(from < calendar.First ? calendar.First : from, last).ToArray())
        {
            var unit = new UnitId(dataset.Id, day);
            var attempt = tried.GetValueOrDefault(unit.ToString());
            if (attempt is { IsGivenUp: false } || (attempt is null && !standing.Has(unit)))
            {
                break;
            }

            reached = day;
        }

        return reached;
    }

    /// <summary>
    /// The same, and null where the table or the calendar cannot be read: a summary must not fail the run that it sums
    /// up, which has told of them.
    /// </summary>
    private async Task<DateOnly?> TryNextAsync(
        DatasetDefinition dataset,
        PlanRequest plan,
        DateOnly? cursor,
        IReadOnlyDictionary<string, UnitAttempt> tried,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await NextAsync(dataset, plan, cursor, tried, cancellationToken);
        }
        catch (TidemarkException)
        {
            return null;
        }
    }

    private static string? ValueOf(List<MarketMetaEntry> kept, string key) =>
        kept.Find(entry => entry.Key == key)?.Value;

    private static string Text(string key, DateOnly day) =>
        key == MarketMeta.UniverseLastTradeDate
            ? day.ToIso()
            : JsonSerializer.Serialize(new { TradeDate = day.ToIso(), SymbolOffset = 0 }, s_json);

    // What somebody else wrote there, and cannot be read, is written over.
    private static DateOnly? Parse(string? value)
    {
        try
        {
            var text = value?.StartsWith('{') == true ? JsonNode.Parse(value)!["tradeDate"]?.ToString() : value;
            return TradeDate.TryParseIso(text, out var day) ? day : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
