-- partition: dt
-- key: symbol
-- description: One row a stock and trading day in base units: prices, adjusted close, turnover, valuation, suspension.
-- unit open, high, low, close, pre_close, vwap: CNY
-- unit close_adj: CNY, adjusted backward
-- unit pct_change, turnover_rate, turnover_rate_free: %
-- unit daily_return: fraction
-- unit volume_shares, total_shares, float_shares: share
-- unit turnover_cny, total_market_value, float_market_value: CNY
--
-- Rows: every bar of the day, and every stock that was halted for the whole day. A halted day has is_suspended = true and no prices: nothing was
-- traded, so nothing is made up; who wants the last price carries it forward in the query. Its factor is there, as the vendor has one.
-- A bar with volume is never suspended, whatever else is announced; a halt of some hours (with a time) does not count.
-- pre_close is the exchange's reference price (after ex-rights), so daily_return = close / pre_close − 1 is the return with distributions.
-- close_adj = close × adj_factor; null where the vendor gave no factor for the day, never the unadjusted price in its place.
-- Hands are 100 shares (rounded to whole shares), amounts thousand CNY (rounded to 0.01 CNY), share counts and values 10,000.
WITH bars AS (
    SELECT * FROM ods.ods_daily_dt('${PARTITION_DATE}')
),
halts AS (
    SELECT DISTINCT ts_code
    FROM ods.ods_suspend_d_dt('${PARTITION_DATE}')
    WHERE suspend_type = 'S' AND coalesce(suspend_timing, '') = ''
),
factors AS (
    SELECT ts_code, adj_factor FROM ods.ods_adj_factor_dt('${PARTITION_DATE}')
),
valuations AS (
    SELECT * FROM ods.ods_daily_basic_dt('${PARTITION_DATE}')
)
SELECT
    coalesce(bars.ts_code, halts.ts_code) AS symbol,
    DATE '${PARTITION_DATE}' AS trade_date,
    bars.open,
    bars.high,
    bars.low,
    bars.close,
    bars.pre_close,
    factors.adj_factor,
    bars.close * factors.adj_factor AS close_adj,
    bars.pct_chg AS pct_change,
    bars.close / nullif(bars.pre_close, 0) - 1 AS daily_return,
    round(bars.vol * 100)::BIGINT AS volume_shares,
    round(bars.amount * 1000, 2) AS turnover_cny,
    bars.amount * 1000 / nullif(bars.vol * 100, 0) AS vwap,
    valuations.turnover_rate,
    valuations.turnover_rate_f AS turnover_rate_free,
    round(valuations.total_share * 10000)::BIGINT AS total_shares,
    round(valuations.float_share * 10000)::BIGINT AS float_shares,
    round(valuations.total_mv * 10000, 2) AS total_market_value,
    round(valuations.circ_mv * 10000, 2) AS float_market_value,
    valuations.pe_ttm,
    valuations.pb,
    halts.ts_code IS NOT NULL AND coalesce(bars.vol, 0) = 0 AS is_suspended
FROM bars
FULL JOIN halts ON halts.ts_code = bars.ts_code
LEFT JOIN factors ON factors.ts_code = coalesce(bars.ts_code, halts.ts_code)
LEFT JOIN valuations ON valuations.ts_code = coalesce(bars.ts_code, halts.ts_code)
ORDER BY symbol
