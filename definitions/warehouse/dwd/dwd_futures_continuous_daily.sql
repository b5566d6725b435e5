/*
partition: dt
key: [product]
mode: range
calendar: XSHG
reach:
  dwd.dwd_futures_daily: 21 trading days # never fewer than the 28 calendar days of two looks back
description: "One row a product and trading day: the continuous futures contract, held in the dominant contract of the day before."
columns:
  product: { about: "The product with its exchange: CU.SHF" }
  active_symbol: { about: "The contract that is held on the day: the dominant one of the product's day before, while it is traded" }
  previous_symbol: { about: The contract that was held on the product's day before; null where that is not within reach }
  is_roll: { about: "The contract is another one than on the day before: prices jump, returns do not" }
  open: { unit: quote currency }
  high: { unit: quote currency }
  low: { unit: quote currency }
  close: { unit: quote currency }
  settle: { unit: quote currency }
  pre_settle: { unit: quote currency, about: "The previous settlement of the same contract, so that a roll is no return" }
  daily_return: { unit: fraction, about: "settle / pre_settle − 1 of the contract that is held; their product is the series without jumps" }
  volume_lots: { unit: lot }
  amount_cny: { unit: CNY }
  open_interest_lots: { unit: lot }
*/
-- Open interest at the end of a day says which contract is held on the next one, so that nothing is chosen by what is known only after the close. On the first
-- day of a product, and where the dominant contract of the day before has no row, it is that of the day itself. A product without a row in the 14 days
-- before has no day before: it begins anew.
WITH days AS (
    SELECT product, dt, max(symbol) FILTER (is_dominant) AS dominant
    FROM dwd.dwd_futures_daily
    GROUP BY ALL
),
earlier AS (
    SELECT
        product,
        dt,
        dominant,
        lag(dominant) OVER before AS dominant_before,
        lag(dt) OVER before AS dt_before
    FROM days
    WINDOW before AS (PARTITION BY product ORDER BY dt)
),
held AS (
    SELECT earlier.product, earlier.dt, coalesce(bars.symbol, earlier.dominant) AS active_symbol, earlier.dt_before
    FROM earlier
    LEFT JOIN dwd.dwd_futures_daily AS bars
        ON bars.dt = earlier.dt
        AND bars.symbol = earlier.dominant_before
        AND earlier.dt_before >= earlier.dt - 14
)
SELECT
    held.product,
    held.dt,
    held.dt AS trade_date,
    held.active_symbol,
    before.active_symbol AS previous_symbol,
    before.active_symbol <> held.active_symbol AS is_roll,
    bars.exchange,
    bars.open,
    bars.high,
    bars.low,
    bars.close,
    bars.settle,
    bars.pre_settle,
    bars.daily_return,
    bars.volume_lots,
    bars.amount_cny,
    bars.open_interest_lots
FROM held
JOIN dwd.dwd_futures_daily AS bars ON bars.dt = held.dt AND bars.symbol = held.active_symbol
LEFT JOIN held AS before ON before.product = held.product AND before.dt = held.dt_before AND held.dt_before >= held.dt - 14
WHERE held.dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
ORDER BY held.dt, held.product
