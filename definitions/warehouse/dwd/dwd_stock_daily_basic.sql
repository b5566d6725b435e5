/*
partition: dt
key: [symbol]
mode: range
reach:
  ods.ods_daily_basic: day
description: "One row a stock and trading day with a valuation, in base units: turnover, ratios, share counts, market values."
columns:
  close: { unit: CNY }
  turnover_ratio: { unit: fraction, about: Shares traded of the float shares (换手率) }
  turnover_ratio_free: { unit: fraction, about: Shares traded of the free-float shares }
  volume_ratio: { unit: times, about: Volume a minute against the mean of the last five days (量比) }
  pe: { unit: times, about: Price to earnings of the last year; null at a loss }
  pe_ttm: { unit: times, about: Price to earnings of the last twelve months; null at a loss }
  pb: { unit: times, about: Price to book }
  ps: { unit: times, about: Price to sales of the last year }
  ps_ttm: { unit: times, about: Price to sales of the last twelve months }
  dividend_yield: { unit: fraction, about: Of the last year (股息率) }
  dividend_yield_ttm: { unit: fraction, about: Of the last twelve months }
  total_shares: { unit: share }
  float_shares: { unit: share }
  free_float_shares: { unit: share }
  total_market_value: { unit: CNY }
  float_market_value: { unit: CNY }
*/
-- What the vendor values, as it values it: nothing is carried. dwd_stock_daily has the same beside the bars, and rows of halted days with carried share counts.
SELECT
    ts_code AS symbol,
    dt,
    dt AS trade_date,
    close,
    turnover_rate / 100 AS turnover_ratio,
    turnover_rate_f / 100 AS turnover_ratio_free,
    volume_ratio,
    pe,
    pe_ttm,
    pb,
    ps,
    ps_ttm,
    dv_ratio / 100 AS dividend_yield,
    dv_ttm / 100 AS dividend_yield_ttm,
    round(total_share * 10000)::BIGINT AS total_shares,
    round(float_share * 10000)::BIGINT AS float_shares,
    round(free_share * 10000)::BIGINT AS free_float_shares,
    round(total_mv * 10000, 2) AS total_market_value,
    round(circ_mv * 10000, 2) AS float_market_value
FROM ods.ods_daily_basic
WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
ORDER BY dt, ts_code
