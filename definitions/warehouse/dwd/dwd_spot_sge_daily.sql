/*
partition: dt
key: [symbol]
mode: range
reach:
  ods.ods_sge_daily: day
description: "One row a contract of the Shanghai Gold Exchange and trading day in base units."
columns:
  open: { unit: CNY a gram }
  high: { unit: CNY a gram }
  low: { unit: CNY a gram }
  close: { unit: CNY a gram }
  price_mean: { unit: CNY a gram, about: "Mean by volume (加权平均价)" }
  pre_close: { unit: CNY a gram, about: "close − the vendor's change" }
  change_ratio: { unit: fraction, about: "The vendor's change against the day before (涨跌幅)" }
  volume_grams: { unit: gram, about: "Volume, both sides" }
  amount_cny: { unit: CNY, about: "Value traded, both sides" }
  open_interest: { unit: lot, about: "Open interest of deferred contracts; null for others" }
  delivered: { unit: lot, about: Delivered }
  fee_payer: { about: "Who pays the deferred fee, in the vendor's words: 多支付给空 or 空支付给多" }
*/
-- A day is the night session before it and its own. Quotes of silver are a kilogram at the exchange; what the vendor sends is kept, so compare within a symbol.
SELECT
    ts_code AS symbol,
    dt,
    dt AS trade_date,
    open,
    high,
    low,
    close,
    price_avg AS price_mean,
    close - change AS pre_close,
    pct_change / 100 AS change_ratio,
    vol * 1000 AS volume_grams,
    amount AS amount_cny,
    oi AS open_interest,
    settle_vol AS delivered,
    settle_dire AS fee_payer
FROM ods.ods_sge_daily
WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
ORDER BY dt, ts_code
