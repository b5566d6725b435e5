/*
partition: dt
key: [symbol]
mode: range
calendar: XSHG
reach: # only bars make a day; one trading day is the day itself
  ods.ods_fut_daily: day
  ods.ods_fut_mapping: 1 trading days
description: "One row a futures contract and trading day in base units, with the dominant contract of each product."
columns:
  product: { about: "The product with its exchange: CU.SHF" }
  exchange: { about: The code of the calendars }
  open: { unit: quote currency, about: Null on a day without trades }
  high: { unit: quote currency, about: Null on a day without trades }
  low: { unit: quote currency, about: Null on a day without trades }
  close: { unit: quote currency, about: Null on a day without trades }
  settle: { unit: quote currency, about: Settlement (结算价) }
  pre_close: { unit: quote currency, about: The previous close }
  pre_settle: { unit: quote currency, about: The previous settlement }
  change_ratio: { unit: fraction, about: "close / pre_settle − 1 (涨跌幅)" }
  daily_return: { unit: fraction, about: "settle / pre_settle − 1: what a position gains or loses in the day's settlement" }
  volume_lots: { unit: lot, about: Volume }
  amount_cny: { unit: CNY, about: Value traded }
  open_interest_lots: { unit: lot, about: Open interest (持仓量) }
  open_interest_change_lots: { unit: lot, about: The vendor's change of it }
  is_dominant: { about: "The product's contract with the most open interest at the end of the day, then the most volume, then the nearest (主力合约)" }
  is_vendor_dominant: { about: "The contract that the vendor has behind the product's continuous series on the day; null where it has none" }
*/
-- Contracts alone: the vendor's continuous series (CU.SHF, IFL1.CFX) are rows of fut_daily, too, and are left out here. dwd_futures_continuous_daily has ours.
-- A contract without trades has 0 or nothing as its prices at the vendor, and none here; its settlement stands. Until 2019 the exchanges of commodities counted
-- both sides of volume, amount and open interest; what the vendor does with that is not documented. Amounts are 10,000 CNY.
-- The vendor chooses the contract of its continuous series by volume, as recorded days show, ours goes by open interest: around a roll the two differ.
-- Dominance is known after the close: a position for the day is chosen by the day before, as dwd_futures_continuous_daily does.
WITH contracts AS (
    SELECT
        *,
        regexp_extract(ts_code, '^([A-Za-z]+)[0-9]{3,4}[.]', 1) || '.' || split_part(ts_code, '.', -1) AS product,
        regexp_extract(ts_code, '^[A-Za-z]+([0-9]{3,4})[.]', 1) AS delivery
    FROM ods.ods_fut_daily
    WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}' AND regexp_matches(ts_code, '^[A-Za-z]+[0-9]{3,4}[.][A-Z]+$')
),
behind AS (
    SELECT dt, ts_code AS product, any_value(mapping_ts_code) AS contract
    FROM ods.ods_fut_mapping
    WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
    GROUP BY ALL
)
SELECT
    contracts.ts_code AS symbol,
    contracts.dt,
    contracts.dt AS trade_date,
    contracts.product,
    ${EXCHANGE_OF_SUFFIX}[split_part(contracts.ts_code, '.', -1)] AS exchange,
    CASE WHEN contracts.vol > 0 THEN contracts.open END AS open,
    CASE WHEN contracts.vol > 0 THEN contracts.high END AS high,
    CASE WHEN contracts.vol > 0 THEN contracts.low END AS low,
    CASE WHEN contracts.vol > 0 THEN contracts.close END AS close,
    contracts.settle,
    contracts.pre_close,
    contracts.pre_settle,
    CASE WHEN contracts.vol > 0 THEN contracts.close / nullif(contracts.pre_settle, 0) - 1 END AS change_ratio,
    contracts.settle / nullif(contracts.pre_settle, 0) - 1 AS daily_return,
    contracts.vol AS volume_lots,
    round(contracts.amount * 10000, 2) AS amount_cny,
    contracts.oi AS open_interest_lots,
    contracts.oi_chg AS open_interest_change_lots,
    row_number() OVER (
        PARTITION BY contracts.dt, contracts.product
        ORDER BY contracts.oi DESC NULLS LAST, contracts.vol DESC NULLS LAST, contracts.delivery, contracts.ts_code
    ) = 1 AS is_dominant,
    behind.contract = contracts.ts_code AS is_vendor_dominant
FROM contracts
LEFT JOIN behind ON behind.dt = contracts.dt AND behind.product = contracts.product
ORDER BY contracts.dt, contracts.ts_code
