/*
partition: month
key: [symbol, bar_end]
mode: range
reach:
  ods.ods_stk_mins: day
description: "One row a stock and minute in base units, at the end of the bar, unadjusted."
columns:
  bar_end: { about: "The moment at which the minute ends: 09:31 in China is 01:31 UTC" }
  clock: { about: "The same by the clock in China: 09:31" }
  open: { unit: CNY, about: First of the minute }
  high: { unit: CNY, about: Highest of the minute }
  low: { unit: CNY, about: Lowest of the minute }
  close: { unit: CNY, about: Last of the minute }
  volume_shares: { unit: share, about: 0 in a minute without trades }
  amount_cny: { unit: CNY, about: Value traded }
*/
-- 241 bars a day: 09:30 is the opening auction, then 09:31 to 11:30 and 13:01 to 15:00. 14:58 and 14:59 of the closing auction stand there with volume 0.
-- The vendor's are in shares and CNY already, where its daily bars are in hands and thousands. China is 8 hours (28,800,000,000 µs) ahead of UTC all the year.
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
FROM ods.ods_stk_mins
WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
ORDER BY dt, ts_code, trade_time
