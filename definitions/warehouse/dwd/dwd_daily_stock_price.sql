/*
partition: dt
key: [symbol]
mode: range
reach:
  ods.ods_daily: day
  ods.ods_akshare_stock_zh_a_hist: day
  ods.ods_akshare_stock_zh_a_daily: day
  ods.ods_akshare_stock_zh_a_hist_tx: day
  dim.dim_instrument_code: valid
description: "One row a stock and trading day: the bars of Tushare and AkShare side by side in base units, their means, how far they are apart, and which vendor is alone."
columns:
  symbol:
    about: "The code of the day, as in dwd_stock_daily"
  open_avg: { unit: CNY, about: "Mean of what the vendors have" }
  high_avg: { unit: CNY, about: "Mean of what the vendors have" }
  low_avg: { unit: CNY, about: "Mean of what the vendors have" }
  close_avg: { unit: CNY, about: "Mean of what the vendors have" }
  open_tushare: { unit: CNY }
  high_tushare: { unit: CNY }
  low_tushare: { unit: CNY }
  close_tushare: { unit: CNY }
  volume_shares_tushare: { unit: share }
  amount_cny_tushare: { unit: CNY }
  open_akshare: { unit: CNY }
  high_akshare: { unit: CNY }
  low_akshare: { unit: CNY }
  close_akshare: { unit: CNY }
  volume_shares_akshare:
    unit: share
    about: "East Money's is rounded to 100"
  amount_cny_akshare: { unit: CNY }
  akshare_source:
    about: "The function of AkShare: stock_zh_a_hist (East Money); where it has no bar stock_zh_a_daily (Sina), then stock_zh_a_hist_tx (Tencent)"
  source_count:
    unit: vendor
    about: "How many have a bar, 1 or 2"
  single_source:
    about: "The vendor that alone has a bar, tushare or akshare; null where both have one"
  price_difference:
    unit: fraction
    about: "The largest of the four prices' differences, over the mean of the two; null where one vendor is alone"
  volume_difference:
    unit: fraction
    about: "The difference of the shares traded, over the mean of the two"
  amount_difference:
    unit: fraction
    about: "The difference of the values traded, over the mean of the two"
  is_disagreement:
    about: "A price differs by more than half a tick of 0.01 CNY, the volume by more than 100 shares and 0.1 %, or the amount by more than 0.1 %; null where one vendor is alone"
*/
-- Both are unadjusted. A mean of two vendors that disagree is nobody's price: look at is_disagreement before you use it.
-- A row of AkShare without trades is no bar: East Money has zeros for halted stocks, where Tushare has no row.
-- AkShare has the history of an instrument under its present code, Tushare under the code of the day: they meet by instrument, and the row has Tushare's code.
-- Tencent's volume is shares, but hands for codes of Shenzhen that begin with 000; East Money's and Tushare's are hands; Tushare's amounts are thousand CNY.
WITH tushare AS (
    SELECT
        bars.dt,
        bars.ts_code,
        coalesce(codes.symbol, bars.ts_code) AS instrument,
        bars.open,
        bars.high,
        bars.low,
        bars.close,
        round(bars.vol * 100)::BIGINT AS volume,
        round(bars.amount * 1000, 2) AS amount
    FROM ods.ods_daily AS bars
    LEFT JOIN dim.dim_instrument_code AS codes
        ON codes.code = bars.ts_code
        AND bars.dt >= codes.valid_from
        AND bars.dt <= coalesce(codes.valid_to, DATE '9999-12-31')
    WHERE bars.dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
),
functions AS (
    SELECT 1 AS preference, 'stock_zh_a_hist' AS source, dt, ts_code, open, high, low, close, vol * 100 AS volume, amount
    FROM ods.ods_akshare_stock_zh_a_hist
    UNION ALL
    SELECT 2, 'stock_zh_a_daily', dt, ts_code, open, high, low, close, vol, amount
    FROM ods.ods_akshare_stock_zh_a_daily
    UNION ALL
    SELECT 3, 'stock_zh_a_hist_tx', dt, ts_code, open, high, low, close, CASE WHEN ts_code LIKE '000%.SZ' THEN vol * 100 ELSE vol END, amount
    FROM ods.ods_akshare_stock_zh_a_hist_tx
),
akshare AS (
    SELECT
        functions.dt,
        functions.ts_code,
        coalesce(codes.symbol, functions.ts_code) AS instrument,
        functions.source,
        functions.open,
        functions.high,
        functions.low,
        functions.close,
        round(functions.volume)::BIGINT AS volume,
        functions.amount
    FROM functions
    LEFT JOIN dim.dim_instrument_code AS codes
        ON codes.code = functions.ts_code
        AND functions.dt >= codes.valid_from
        AND functions.dt <= coalesce(codes.valid_to, DATE '9999-12-31')
    WHERE functions.dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}' AND functions.volume > 0
    QUALIFY row_number() OVER (
        PARTITION BY functions.dt, coalesce(codes.symbol, functions.ts_code) ORDER BY functions.preference, functions.ts_code
    ) = 1
),
merged AS (
    SELECT
        coalesce(tushare.ts_code, akshare.ts_code) AS symbol,
        coalesce(tushare.dt, akshare.dt) AS dt,
        tushare.ts_code IS NOT NULL AS has_tushare,
        akshare.ts_code IS NOT NULL AS has_akshare,
        akshare.source,
        {
            'open': tushare.open,
            'high': tushare.high,
            'low': tushare.low,
            'close': tushare.close,
            'volume': tushare.volume,
            'amount': tushare.amount
        } AS t,
        {
            'open': akshare.open,
            'high': akshare.high,
            'low': akshare.low,
            'close': akshare.close,
            'volume': akshare.volume,
            'amount': akshare.amount
        } AS a
    FROM tushare
    FULL JOIN akshare ON akshare.dt = tushare.dt AND akshare.instrument = tushare.instrument
),
compared AS (
    SELECT
        *,
        greatest(abs(t.open - a.open), abs(t.high - a.high), abs(t.low - a.low), abs(t.close - a.close)) AS price_gap,
        abs(t.volume - a.volume) AS volume_gap,
        abs(t.amount - a.amount) AS amount_gap,
        greatest(
            abs(t.open - a.open) / nullif(t.open + a.open, 0),
            abs(t.high - a.high) / nullif(t.high + a.high, 0),
            abs(t.low - a.low) / nullif(t.low + a.low, 0),
            abs(t.close - a.close) / nullif(t.close + a.close, 0)
        ) * 2 AS price_difference,
        volume_gap * 2 / nullif(t.volume + a.volume, 0) AS volume_difference,
        amount_gap * 2 / nullif(t.amount + a.amount, 0) AS amount_difference
    FROM merged
)
SELECT
    symbol,
    dt,
    dt AS trade_date,
    CASE WHEN t.open IS NULL OR a.open IS NULL THEN coalesce(t.open, a.open) ELSE (t.open + a.open) / 2 END AS open_avg,
    CASE WHEN t.high IS NULL OR a.high IS NULL THEN coalesce(t.high, a.high) ELSE (t.high + a.high) / 2 END AS high_avg,
    CASE WHEN t.low IS NULL OR a.low IS NULL THEN coalesce(t.low, a.low) ELSE (t.low + a.low) / 2 END AS low_avg,
    CASE WHEN t.close IS NULL OR a.close IS NULL THEN coalesce(t.close, a.close) ELSE (t.close + a.close) / 2 END AS close_avg,
    t.open AS open_tushare,
    t.high AS high_tushare,
    t.low AS low_tushare,
    t.close AS close_tushare,
    t.volume AS volume_shares_tushare,
    t.amount AS amount_cny_tushare,
    a.open AS open_akshare,
    a.high AS high_akshare,
    a.low AS low_akshare,
    a.close AS close_akshare,
    a.volume AS volume_shares_akshare,
    a.amount AS amount_cny_akshare,
    source AS akshare_source,
    CAST(has_tushare::INTEGER + has_akshare::INTEGER AS INTEGER) AS source_count,
    CASE
        WHEN NOT has_akshare THEN 'tushare'
        WHEN NOT has_tushare THEN 'akshare'
    END AS single_source,
    price_difference,
    volume_difference,
    amount_difference,
    CASE
        WHEN has_tushare AND has_akshare
            THEN coalesce(price_gap > 0.005, false)
                OR coalesce(volume_gap > 100 AND volume_difference > 0.001, false)
                OR coalesce(amount_difference > 0.001, false)
    END AS is_disagreement
FROM compared
ORDER BY dt, symbol
