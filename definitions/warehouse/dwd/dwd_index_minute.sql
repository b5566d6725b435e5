/*
partition: month
key: [symbol, bar_end]
mode: range
reach:
  ods.ods_idx_mins: day
description: "One row an index and minute, at the end of the bar."
columns:
  bar_end: { about: "The moment at which the minute ends: 09:31 in China is 01:31 UTC" }
  clock: { about: "The same by the clock in China: 09:31" }
  open: { unit: point, about: First of the minute }
  high: { unit: point, about: Highest of the minute }
  low: { unit: point, about: Lowest of the minute }
  close: { unit: point, about: Last of the minute }
  volume_shares: { unit: share, about: "As the vendor has it, which had hands on some days" }
  amount_cny: { unit: CNY, about: Value traded }
*/
-- Which days the vendor has in hands is not documented, and an index's points are no prices that would prove it: compare with dwd_index_daily.
-- China is 8 hours (28,800,000,000 µs) ahead of UTC all the year.
SELECT
    ts_code AS symbol,
    dt,
    dt AS trade_date,
    trade_time AS bar_end,
    strftime(make_timestamp(epoch_us(trade_time) + 28800000000), '%H:%M') AS clock,
    open,
    high,
    low,
    close,
    round(vol)::BIGINT AS volume_shares,
    amount AS amount_cny
FROM ods.ods_idx_mins
WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
ORDER BY dt, ts_code, trade_time
