/*
partition: dt
key: [symbol]
mode: range
reach:
  dwd.dwd_stock_daily: day
  dwd.dwd_etf_daily: day
  dwd.dwd_index_daily: day
  dwd.dwd_futures_daily: day
  dwd.dwd_spot_sge_daily: day
  dwd.dwd_fx_daily: day
description: "One row an instrument and day over all buckets in base units: prices, adjusted close, volume and amount with their units, and the units in which the vendor sent them."
columns:
  bucket: { about: "stock, etf, index, futures, spot or fx" }
  open: { unit: the currency of the row, about: "Of currencies the middle of bid and ask" }
  high: { unit: the currency of the row, about: "Null for currencies" }
  low: { unit: the currency of the row, about: "Null for currencies" }
  close: { unit: the currency of the row, about: "Of currencies the middle of bid and ask" }
  reference_price: { unit: the currency of the row, about: "What the day's return counts from: the exchange's reference price, of a future the previous settlement; null for currencies" }
  daily_return: { unit: fraction, about: "Against reference_price; of a future by settlements; null for currencies" }
  adj_factor: { unit: times, about: "Factor for backward adjustment; null where there is none" }
  close_hfq: { unit: the currency of the row, about: close × adj_factor }
  currency: { about: "Of the prices: an ISO code; null for an index, whose values are points" }
  volume: { about: "In volume_unit" }
  volume_unit: { about: "share, fund unit, lot or gram" }
  amount_cny: { unit: CNY, about: Value traded }
  vendor: { about: Who sent it }
  dataset: { about: "The dataset with the vendor's own numbers" }
  raw_volume_unit: { about: The unit in which the vendor sent the volume }
  raw_amount_unit: { about: The unit in which the vendor sent the amount }
*/
-- Codes are unique over the buckets: suffixes tell them apart (000001.SH is an index, 000001.SZ a stock). Volumes of different units do not add up.
WITH stocks AS (
    SELECT
        symbol,
        dt,
        'stock' AS bucket,
        open,
        high,
        low,
        close,
        pre_close AS reference_price,
        daily_return,
        adj_factor,
        close_hfq,
        CASE WHEN symbol LIKE '900%.SH' THEN 'USD' WHEN symbol LIKE '20%.SZ' THEN 'HKD' ELSE 'CNY' END AS currency,
        volume_shares::DOUBLE AS volume,
        'share' AS volume_unit,
        amount_cny,
        'tushare.daily' AS dataset,
        'hand' AS raw_volume_unit,
        'thousand CNY' AS raw_amount_unit
    FROM dwd.dwd_stock_daily
),
funds AS (
    SELECT
        symbol,
        dt,
        'etf',
        open,
        high,
        low,
        close,
        pre_close,
        daily_return,
        adj_factor,
        close_hfq,
        'CNY',
        volume_units::DOUBLE,
        'fund unit',
        amount_cny,
        'tushare.fund_daily',
        'hand',
        'thousand CNY'
    FROM dwd.dwd_etf_daily
),
indices AS (
    SELECT
        symbol,
        dt,
        'index',
        open,
        high,
        low,
        close,
        pre_close,
        daily_return,
        NULL::DOUBLE,
        NULL::DOUBLE,
        NULL::VARCHAR,
        volume_shares::DOUBLE,
        'share',
        amount_cny,
        'tushare.index_daily',
        'hand',
        'thousand CNY'
    FROM dwd.dwd_index_daily
),
futures AS (
    SELECT
        symbol,
        dt,
        'futures',
        open,
        high,
        low,
        close,
        pre_settle,
        daily_return,
        NULL::DOUBLE,
        NULL::DOUBLE,
        'CNY',
        volume_lots,
        'lot',
        amount_cny,
        'tushare.fut_daily',
        'lot',
        '10,000 CNY'
    FROM dwd.dwd_futures_daily
),
metals AS (
    SELECT
        symbol,
        dt,
        'spot',
        open,
        high,
        low,
        close,
        pre_close,
        change_ratio,
        NULL::DOUBLE,
        NULL::DOUBLE,
        'CNY',
        volume_grams,
        'gram',
        amount_cny,
        'tushare.sge_daily',
        'kg, both sides',
        'CNY, both sides'
    FROM dwd.dwd_spot_sge_daily
),
currencies AS (
    SELECT
        symbol,
        dt,
        'fx',
        mid_open,
        NULL::DOUBLE,
        NULL::DOUBLE,
        mid_close,
        NULL::DOUBLE,
        NULL::DOUBLE,
        NULL::DOUBLE,
        NULL::DOUBLE,
        quote_currency,
        NULL::DOUBLE,
        NULL::VARCHAR,
        NULL::DOUBLE,
        'tushare.fx_daily',
        NULL::VARCHAR,
        NULL::VARCHAR
    FROM dwd.dwd_fx_daily
),
instruments AS (
    SELECT * FROM stocks
    UNION ALL
    SELECT * FROM funds
    UNION ALL
    SELECT * FROM indices
    UNION ALL
    SELECT * FROM futures
    UNION ALL
    SELECT * FROM metals
    UNION ALL
    SELECT * FROM currencies
)
SELECT
    symbol,
    dt,
    dt AS trade_date,
    bucket,
    open,
    high,
    low,
    close,
    reference_price,
    daily_return,
    adj_factor,
    close_hfq,
    currency,
    volume,
    volume_unit,
    amount_cny,
    'tushare' AS vendor,
    dataset,
    raw_volume_unit,
    raw_amount_unit
FROM instruments
WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
ORDER BY dt, symbol
