/*
partition: dt
key: [symbol]
mode: range
reach:
  ods.ods_fx_daily: day
description: "One row a currency pair and GMT day: bids, asks and their middle."
columns:
  base_currency: { about: What is priced }
  quote_currency: { about: In what it is priced }
  bid_open: { unit: quote currency }
  bid_high: { unit: quote currency }
  bid_low: { unit: quote currency }
  bid_close: { unit: quote currency }
  ask_open: { unit: quote currency }
  ask_high: { unit: quote currency }
  ask_low: { unit: quote currency }
  ask_close: { unit: quote currency }
  mid_open: { unit: quote currency, about: The middle of bid and ask }
  mid_close: { unit: quote currency, about: The middle of bid and ask }
  spread_ratio: { unit: fraction, about: "(ask_close − bid_close) / mid_close" }
  quote_count: { unit: quote, about: Number of quotes }
*/
-- Days are GMT and end in the morning of the next day in China; no day is filled from the one before, and there is no volume. The highest bid and the highest ask
-- need not be of one moment, so there is no middle of them. The two currencies are those of codes of six letters; others are null.
SELECT
    ts_code AS symbol,
    dt,
    dt AS trade_date,
    nullif(regexp_extract(ts_code, '^([A-Z]{3})[A-Z]{3}([.]|$)', 1), '') AS base_currency,
    nullif(regexp_extract(ts_code, '^[A-Z]{3}([A-Z]{3})([.]|$)', 1), '') AS quote_currency,
    bid_open,
    bid_high,
    bid_low,
    bid_close,
    ask_open,
    ask_high,
    ask_low,
    ask_close,
    (bid_open + ask_open) / 2 AS mid_open,
    (bid_close + ask_close) / 2 AS mid_close,
    2 * (ask_close - bid_close) / nullif(bid_close + ask_close, 0) AS spread_ratio,
    tick_qty AS quote_count
FROM ods.ods_fx_daily
WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
ORDER BY dt, ts_code
