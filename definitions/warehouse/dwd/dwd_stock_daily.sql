/*
partition: dt
key: [symbol]
mode: range
calendar: XSHG
reach:
  ods.ods_daily: day
  ods.ods_suspend_d: day
  ods.ods_adj_factor: day
  ods.ods_stk_limit: day
  ods.ods_stock_st: day
  dim.dim_instrument_status: valid
  ods.ods_daily_basic: 44 trading days # never fewer than the 60 calendar days that a halt looks back
description: "One row a stock and trading day in base units: prices raw and adjusted backward, limits, amount, valuation, suspension, and name, board, special treatment and industry of the day."
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
  open_hfq: { unit: CNY, about: open × adj_factor }
  high_hfq: { unit: CNY, about: high × adj_factor }
  low_hfq: { unit: CNY, about: low × adj_factor }
  close_hfq:
    unit: CNY
    about: "close × adj_factor: adjusted backward (后复权)"
  up_limit:
    unit: CNY
    about: Highest price that is allowed (涨停价)
  down_limit:
    unit: CNY
    about: Lowest price that is allowed (跌停价)
  is_at_limit_up:
    about: It closed at up_limit; null where the limit is not known
  is_at_limit_down:
    about: It closed at down_limit; null where the limit is not known
  is_locked_at_limit:
    about: "All trades of the day were at one of its limits (一字板): who wanted to trade on the other side could not"
  name:
    about: The short name of the day; null where none is known
  is_st:
    about: "Under special treatment (ST, *ST): by the vendor's list of the day, or where there is none by the name; null where neither is known"
  is_delisting:
    about: "The name of the day says that it leaves the exchange (退市整理)"
  board:
    about: "主板, 创业板, 科创板, 北交所 …, as the newest list says"
  industry_l1:
    about: Shenwan's industry of the day, level 1 (申万一级)
  industry_l2: { about: Level 2 }
  industry_l3: { about: Level 3 }
  days_since_listing:
    unit: day
    about: Calendar days since the first day of listing, which is 0
  pe:
    unit: times
    about: Price to earnings of the last year; null at a loss
  ps:
    unit: times
    about: Price to sales of the last year
  ps_ttm:
    unit: times
    about: Price to sales of the last twelve months
  dividend_yield:
    unit: fraction
    about: Of the last year (股息率)
  dividend_yield_ttm:
    unit: fraction
    about: Of the last twelve months
  volume_ratio:
    unit: times
    about: Volume a minute against the mean of the last five days (量比)
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
  free_float_shares: { unit: share }
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
-- Prices with _hfq are × adj_factor; null where the vendor gave no factor for the day, never the unadjusted price in its place.
-- Limits: a price is at its limit where it differs by less than a rounding error; where nothing was traded nothing is at a limit. What has no limit (the first days of a listing) has a far one, or none, and is at none.
-- Name, board, treatment, industry and days since listing are those of the row's own day; the list of special treatment (stock_st) goes before the name, on
-- days that have the list. A change of a name makes the days out of date on which it holds, and no others.
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
limits AS (
    SELECT dt, ts_code, up_limit, down_limit FROM ods.ods_stk_limit WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
),
treated AS (
    SELECT DISTINCT dt, ts_code FROM ods.ods_stock_st WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
),
treated_days AS (
    SELECT DISTINCT dt FROM treated
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
            'free_share': free_share,
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
        valuations.pe,
        valuations.pe_ttm,
        valuations.pb,
        valuations.ps,
        valuations.ps_ttm,
        valuations.dv_ratio,
        valuations.dv_ttm,
        valuations.volume_ratio,
        days.is_suspended AND valuations.ts_code IS NULL AND earlier.ts_code IS NOT NULL AS is_carried,
        CASE
            WHEN is_carried THEN earlier.last
            ELSE {
                'total_share': valuations.total_share,
                'float_share': valuations.float_share,
                'free_share': valuations.free_share,
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
    valued.open * factors.adj_factor AS open_hfq,
    valued.high * factors.adj_factor AS high_hfq,
    valued.low * factors.adj_factor AS low_hfq,
    valued.close * factors.adj_factor AS close_hfq,
    limits.up_limit,
    limits.down_limit,
    CASE WHEN NOT valued.is_suspended THEN valued.close >= limits.up_limit - 0.0005 END AS is_at_limit_up,
    CASE WHEN NOT valued.is_suspended THEN valued.close <= limits.down_limit + 0.0005 END AS is_at_limit_down,
    CASE
        WHEN NOT valued.is_suspended
            THEN valued.low >= limits.up_limit - 0.0005 OR valued.high <= limits.down_limit + 0.0005
    END AS is_locked_at_limit,
    valued.pct_chg / 100 AS change_ratio,
    valued.close / nullif(valued.pre_close, 0) - 1 AS daily_return,
    round(valued.vol * 100)::BIGINT AS volume_shares,
    round(valued.amount * 1000, 2) AS amount_cny,
    valued.amount * 1000 / nullif(valued.vol * 100, 0) AS vwap,
    valued.turnover_rate / 100 AS turnover_ratio,
    valued.turnover_rate_f / 100 AS turnover_ratio_free,
    round(valued.size.total_share * 10000)::BIGINT AS total_shares,
    round(valued.size.float_share * 10000)::BIGINT AS float_shares,
    round(valued.size.free_share * 10000)::BIGINT AS free_float_shares,
    round(valued.size.total_mv * 10000, 2) AS total_market_value,
    round(valued.size.circ_mv * 10000, 2) AS float_market_value,
    valued.pe,
    valued.pe_ttm,
    valued.pb,
    valued.ps,
    valued.ps_ttm,
    valued.dv_ratio / 100 AS dividend_yield,
    valued.dv_ttm / 100 AS dividend_yield_ttm,
    valued.volume_ratio,
    status.name,
    status.board,
    CASE
        WHEN treated_days.dt IS NOT NULL THEN treated.ts_code IS NOT NULL
        WHEN status.name IS NOT NULL THEN status.treatment IS NOT NULL
    END AS is_st,
    status.is_delisting,
    status.industry_l1,
    status.industry_l2,
    status.industry_l3,
    CAST(valued.dt - status.list_date AS INTEGER) AS days_since_listing,
    valued.is_suspended,
    valued.is_carried
FROM valued
LEFT JOIN factors ON factors.dt = valued.dt AND factors.ts_code = valued.symbol
LEFT JOIN limits ON limits.dt = valued.dt AND limits.ts_code = valued.symbol
LEFT JOIN treated_days ON treated_days.dt = valued.dt
LEFT JOIN treated ON treated.dt = valued.dt AND treated.ts_code = valued.symbol
LEFT JOIN dim.dim_instrument_status AS status
    ON status.code = valued.symbol
    AND valued.dt >= status.valid_from
    AND valued.dt <= coalesce(status.valid_to, DATE '9999-12-31')
ORDER BY valued.dt, valued.symbol
