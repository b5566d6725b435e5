/*
partition: dt
key: [symbol]
mode: range
calendar: XSHG
reach:
  ods.ods_daily: day
  ods.ods_suspend_d: day
  ods.ods_adj_factor: day
  ods.ods_daily_basic: 44 trading days # never fewer than the 60 calendar days that a halt looks back
description: "One row a stock and trading day in base units: prices, backward-adjusted close, amount, valuation, suspension."
columns:
  open: { unit: CNY }
  high: { unit: CNY }
  low: { unit: CNY }
  close: { unit: CNY }
  pre_close:
    unit: CNY
    about: "The exchange's reference price: the close before, after ex-rights"
  vwap:
    unit: CNY
    about: amount_cny / volume_shares
  close_hfq:
    unit: CNY
    about: "close × adj_factor: adjusted backward (后复权)"
  adj_factor:
    unit: times
    about: The vendor's factor for backward adjustment
  pe_ttm:
    unit: times
    about: Price to earnings of the last twelve months; null at a loss
  pb:
    unit: times
    about: Price to book
  change_ratio:
    unit: fraction
    about: The vendor's change against pre_close (涨跌幅)
  daily_return:
    unit: fraction
    about: "close / pre_close − 1: the return with distributions"
  turnover_ratio:
    unit: fraction
    about: Shares traded of the float shares (换手率)
  turnover_ratio_free:
    unit: fraction
    about: Shares traded of the free-float shares
  volume_shares:
    unit: share
    about: Shares traded (成交量)
  total_shares: { unit: share }
  float_shares: { unit: share }
  amount_cny:
    unit: CNY
    about: Value traded (成交额)
  total_market_value: { unit: CNY }
  float_market_value: { unit: CNY }
  is_suspended:
    about: Halted for the whole day
  is_carried:
    about: Share counts and market values are those of the last valuation before the halt
*/
-- Rows: every bar of the day, and every stock that was halted for the whole day. A halted day has is_suspended = true and no prices: nothing was
-- traded, so nothing is made up; who wants the last price carries it forward in the query. Its factor is there, as the vendor has one. Share counts and market
-- values, which a halt does not change, are those of the last valuation of the 60 days before, marked is_carried; a longer halt has none.
-- A bar with volume is never suspended, whatever else is announced; a halt of some hours (with a time) does not count.
-- pre_close is the exchange's reference price (after ex-rights), so daily_return = close / pre_close − 1 is the return with distributions.
-- close_hfq = close × adj_factor; null where the vendor gave no factor for the day, never the unadjusted price in its place.
-- Forward-adjusted prices (_qfq) change with every distribution and are derived when read: dwd.dwd_stock_daily_qfq('2024-03-29') of the catalog.
-- Hands are 100 shares (rounded to whole shares), amounts thousand CNY (rounded to 0.01 CNY), share counts and values 10,000, percent hundredths.
WITH bars AS (
    SELECT * FROM ods.ods_daily WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
),
halts AS (
    SELECT DISTINCT dt, ts_code
    FROM ods.ods_suspend_d
    WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}' AND suspend_type = 'S' AND coalesce(suspend_timing, '') = ''
),
factors AS (
    SELECT dt, ts_code, adj_factor FROM ods.ods_adj_factor WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
),
valuations AS (
    SELECT * FROM ods.ods_daily_basic WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
),
earlier AS (
    SELECT
        halts.dt,
        halts.ts_code,
        {
            'total_share': total_share,
            'float_share': float_share,
            'total_mv': total_mv,
            'circ_mv': circ_mv
        } AS last
    FROM halts
    ASOF JOIN (
        SELECT * FROM ods.ods_daily_basic WHERE ts_code IN (SELECT ts_code FROM halts)
    ) AS valued ON valued.ts_code = halts.ts_code AND valued.dt < halts.dt
    WHERE valued.dt >= halts.dt - 59
),
days AS (
    SELECT
        bars.open,
        bars.high,
        bars.low,
        bars.close,
        bars.pre_close,
        bars.pct_chg,
        bars.vol,
        bars.amount,
        coalesce(bars.dt, halts.dt) AS dt,
        coalesce(bars.ts_code, halts.ts_code) AS symbol,
        halts.ts_code IS NOT NULL AND coalesce(bars.vol, 0) = 0 AS is_suspended
    FROM bars
    FULL JOIN halts ON halts.dt = bars.dt AND halts.ts_code = bars.ts_code
),
valued AS (
    SELECT
        days.*,
        valuations.turnover_rate,
        valuations.turnover_rate_f,
        valuations.pe_ttm,
        valuations.pb,
        days.is_suspended AND valuations.ts_code IS NULL AND earlier.ts_code IS NOT NULL AS is_carried,
        CASE
            WHEN is_carried THEN earlier.last
            ELSE {
                'total_share': valuations.total_share,
                'float_share': valuations.float_share,
                'total_mv': valuations.total_mv,
                'circ_mv': valuations.circ_mv
            }
        END AS size
    FROM days
    LEFT JOIN valuations ON valuations.dt = days.dt AND valuations.ts_code = days.symbol
    LEFT JOIN earlier ON earlier.dt = days.dt AND earlier.ts_code = days.symbol
)
SELECT
    valued.symbol,
    valued.dt,
    valued.dt AS trade_date,
    valued.open,
    valued.high,
    valued.low,
    valued.close,
    valued.pre_close,
    factors.adj_factor,
    valued.close * factors.adj_factor AS close_hfq,
    valued.pct_chg / 100 AS change_ratio,
    valued.close / nullif(valued.pre_close, 0) - 1 AS daily_return,
    round(valued.vol * 100)::BIGINT AS volume_shares,
    round(valued.amount * 1000, 2) AS amount_cny,
    valued.amount * 1000 / nullif(valued.vol * 100, 0) AS vwap,
    valued.turnover_rate / 100 AS turnover_ratio,
    valued.turnover_rate_f / 100 AS turnover_ratio_free,
    round(valued.size.total_share * 10000)::BIGINT AS total_shares,
    round(valued.size.float_share * 10000)::BIGINT AS float_shares,
    round(valued.size.total_mv * 10000, 2) AS total_market_value,
    round(valued.size.circ_mv * 10000, 2) AS float_market_value,
    valued.pe_ttm,
    valued.pb,
    valued.is_suspended,
    valued.is_carried
FROM valued
LEFT JOIN factors ON factors.dt = valued.dt AND factors.ts_code = valued.symbol
ORDER BY valued.dt, valued.symbol
