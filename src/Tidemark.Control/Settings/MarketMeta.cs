namespace Tidemark.Control.Settings;

/// <summary>One line of the summary.</summary>
public sealed record MarketMetaEntry(string Key, string Value, DateTimeOffset UpdatedAt);

/// <summary>
/// <c>market_meta</c>: cursors in readable form, such as <c>universe_last_trade_date</c>. A summary for people: what is
/// missing is derived from what is committed, never from here. Thread-safe.
/// </summary>
public sealed class MarketMeta(ControlDatabase database)
{
    public const string UniverseLastTradeDate = "universe_last_trade_date";
    public const string IndexDailyCursor = "universe_index_daily_cursor_v1";
    public const string DailyBasicCursor = "universe_daily_basic_cursor_v1";
    public const string MoneyflowCursor = "universe_moneyflow_cursor_v1";

    /// <summary>Writes several entries in one transaction.</summary>
    public Task SetAsync(IReadOnlyDictionary<string, string> values, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
                session.ExecuteManyAsync(
                    """
                    insert into market_meta (key, value, updated_at) values (@key, @value, @now)
                    on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at
                    """,
                    ["@key", "@value", "@now"],
                    values,
                    (pair, parameters) =>
                    {
                        parameters[0].Value = pair.Key;
                        parameters[1].Value = pair.Value;
                        parameters[2].Value = database.NowMilliseconds;
                    }
                ),
            cancellationToken
        );

    /// <summary>All entries, by key.</summary>
    public Task<List<MarketMetaEntry>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
                session.QueryAsync(
                    "select key, value, updated_at from market_meta order by key",
                    reader => new MarketMetaEntry(reader.GetString(0), reader.GetString(1), reader.Moment(2))
                ),
            cancellationToken
        );
}
