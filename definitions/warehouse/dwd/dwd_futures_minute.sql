/*
partition: month
key: [symbol, bar_end]
mode: range
reach:
  ods.ods_ft_mins: day
description: "One row a futures contract and minute in base units, at the end of the bar, with the trading day to which a night belongs."
columns:
  bar_end: { about: "The moment at which the minute ends: 09:31 in China is 01:31 UTC" }
  clock: { about: "The same by the clock in China: 09:31" }
  trade_date: { about: "The trading day: the evening before and the hours after midnight belong to it. dt is the day by the clock" }
  is_night: { about: Whether the bar is of the night session (夜盘) }
  product: { about: "The product with its exchange: CU.SHF" }
  open: { unit: quote currency, about: First of the minute }
  high: { unit: quote currency, about: Highest of the minute }
  low: { unit: quote currency, about: Lowest of the minute }
  close: { unit: quote currency, about: Last of the minute }
  volume_lots: { unit: lot, about: Volume }
  amount_cny: { unit: CNY, about: Value traded }
  open_interest_lots: { unit: lot, about: Open interest at the end of the minute (持仓量) }
*/
-- A night begins at 21:00 and ends at 02:30 at the latest. It belongs to the next trading day, which is Monday's on a Friday: exchanges have no night session on the eve of a holiday,
-- so that weekends alone lie between a night and its day, and no calendar is needed. China is 8 hours (28,800,000,000 µs) ahead of UTC all the year.
WITH bars AS (
    SELECT *, make_timestamp(epoch_us(trade_time) + 28800000000) AS local_end
    FROM ods.ods_ft_mins
    WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
),
placed AS (
    SELECT *, CAST(local_end + INTERVAL 4 HOURS AS DATE) AS session_day, hour(local_end) >= 20 OR hour(local_end) < 4 AS is_night
    FROM bars
)
SELECT
    ts_code AS symbol,
    dt,
    CASE isodow(session_day) WHEN 6 THEN session_day + 2 WHEN 7 THEN session_day + 1 ELSE session_day END AS trade_date,
    is_night,
    regexp_extract(ts_code, '^([A-Za-z]+)[0-9]{3,4}[.]', 1) || '.' || split_part(ts_code, '.', -1) AS product,
    trade_time AS bar_end,
    strftime(local_end, '%H:%M') AS clock,
    open,
    high,
    low,
    close,
    vol AS volume_lots,
    amount AS amount_cny,
    oi AS open_interest_lots
FROM placed
ORDER BY dt, ts_code, trade_time
