/*
partition: dt
key: [symbol]
mode: range
calendar: XSHG
reach: # only bars make a day; one trading day is the day itself
  ods.ods_index_daily: day
  ods.ods_index_dailybasic: 1 trading days
  dim.dim_instrument_status: valid
description: "One row an index and trading day in base units: values, amount, and for large ones valuation and market value."
columns:
  name:
    about: The short name of the day; null where none is known
  open: { unit: point }
  high: { unit: point }
  low: { unit: point }
  close: { unit: point }
  pre_close: { unit: point, about: The previous close }
  change_ratio:
    unit: fraction
    about: The vendor's change against pre_close (涨跌幅)
  daily_return:
    unit: fraction
    about: "close / pre_close − 1: without distributions, unless the index is one of total return"
  volume_shares:
    unit: share
    about: Shares traded of the members (成交量)
  amount_cny:
    unit: CNY
    about: Value traded of the members (成交额)
  total_shares: { unit: share }
  float_shares: { unit: share }
  free_float_shares: { unit: share }
  total_market_value: { unit: CNY }
  float_market_value: { unit: CNY }
  turnover_ratio:
    unit: fraction
    about: Shares traded of the float shares (换手率)
  turnover_ratio_free:
    unit: fraction
    about: Shares traded of the free-float shares
  pe: { unit: times, about: Price to earnings of the last year }
  pe_ttm: { unit: times, about: Price to earnings of the last twelve months }
  pb: { unit: times, about: Price to book }
*/
-- Rows: every bar of the day. Valuation is there for the indices that the vendor has one of, in CNY and shares as it gives them; hands are 100 shares,
-- amounts thousand CNY, percent hundredths.
WITH bars AS (
    SELECT * FROM ods.ods_index_daily WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
),
valuations AS (
    SELECT * FROM ods.ods_index_dailybasic WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
)
SELECT
    bars.ts_code AS symbol,
    bars.dt,
    bars.dt AS trade_date,
    status.name,
    bars.open,
    bars.high,
    bars.low,
    bars.close,
    bars.pre_close,
    bars.pct_chg / 100 AS change_ratio,
    bars.close / nullif(bars.pre_close, 0) - 1 AS daily_return,
    round(bars.vol * 100)::BIGINT AS volume_shares,
    round(bars.amount * 1000, 2) AS amount_cny,
    round(valuations.total_share)::BIGINT AS total_shares,
    round(valuations.float_share)::BIGINT AS float_shares,
    round(valuations.free_share)::BIGINT AS free_float_shares,
    valuations.total_mv AS total_market_value,
    valuations.float_mv AS float_market_value,
    valuations.turnover_rate / 100 AS turnover_ratio,
    valuations.turnover_rate_f / 100 AS turnover_ratio_free,
    valuations.pe,
    valuations.pe_ttm,
    valuations.pb
FROM bars
LEFT JOIN valuations ON valuations.dt = bars.dt AND valuations.ts_code = bars.ts_code
LEFT JOIN dim.dim_instrument_status AS status
    ON status.code = bars.ts_code
    AND bars.dt >= status.valid_from
    AND bars.dt <= coalesce(status.valid_to, DATE '9999-12-31')
ORDER BY bars.dt, bars.ts_code
