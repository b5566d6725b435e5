/*
partition: dt
key: [symbol]
mode: range
reach:
  ods.ods_moneyflow: day
description: "One row a stock and trading day in base units: what was bought and sold in trades of four sizes."
columns:
  buy_small_shares: { unit: share, about: "Bought in trades below 50,000 CNY (小单)" }
  buy_small_cny: { unit: CNY, about: "Bought in trades below 50,000 CNY (小单)" }
  sell_small_shares: { unit: share, about: "Sold in trades below 50,000 CNY (小单)" }
  sell_small_cny: { unit: CNY, about: "Sold in trades below 50,000 CNY (小单)" }
  buy_medium_shares: { unit: share, about: "Bought in trades from 50,000 to 200,000 CNY (中单)" }
  buy_medium_cny: { unit: CNY, about: "Bought in trades from 50,000 to 200,000 CNY (中单)" }
  sell_medium_shares: { unit: share, about: "Sold in trades from 50,000 to 200,000 CNY (中单)" }
  sell_medium_cny: { unit: CNY, about: "Sold in trades from 50,000 to 200,000 CNY (中单)" }
  buy_large_shares: { unit: share, about: "Bought in trades from 200,000 CNY to 1 million (大单)" }
  buy_large_cny: { unit: CNY, about: "Bought in trades from 200,000 CNY to 1 million (大单)" }
  sell_large_shares: { unit: share, about: "Sold in trades from 200,000 CNY to 1 million (大单)" }
  sell_large_cny: { unit: CNY, about: "Sold in trades from 200,000 CNY to 1 million (大单)" }
  buy_extra_large_shares: { unit: share, about: "Bought in trades from 1 million CNY (特大单)" }
  buy_extra_large_cny: { unit: CNY, about: "Bought in trades from 1 million CNY (特大单)" }
  sell_extra_large_shares: { unit: share, about: "Sold in trades from 1 million CNY (特大单)" }
  sell_extra_large_cny: { unit: CNY, about: "Sold in trades from 1 million CNY (特大单)" }
  net_inflow_shares: { unit: share, about: "Net inflow by who hit the quote; not the sum of the sizes" }
  net_inflow_cny: { unit: CNY, about: Net inflow by who hit the quote }
  main_net_inflow_cny: { unit: CNY, about: "Large and extra-large trades: bought − sold (主力净流入)" }
  trade_count: { unit: trade }
*/
-- Hands are 100 shares, amounts 10,000 CNY. What is bought and sold sums to the same over the sizes.
SELECT
    ts_code AS symbol,
    dt,
    dt AS trade_date,
    buy_sm_vol * 100 AS buy_small_shares,
    round(buy_sm_amount * 10000, 2) AS buy_small_cny,
    sell_sm_vol * 100 AS sell_small_shares,
    round(sell_sm_amount * 10000, 2) AS sell_small_cny,
    buy_md_vol * 100 AS buy_medium_shares,
    round(buy_md_amount * 10000, 2) AS buy_medium_cny,
    sell_md_vol * 100 AS sell_medium_shares,
    round(sell_md_amount * 10000, 2) AS sell_medium_cny,
    buy_lg_vol * 100 AS buy_large_shares,
    round(buy_lg_amount * 10000, 2) AS buy_large_cny,
    sell_lg_vol * 100 AS sell_large_shares,
    round(sell_lg_amount * 10000, 2) AS sell_large_cny,
    buy_elg_vol * 100 AS buy_extra_large_shares,
    round(buy_elg_amount * 10000, 2) AS buy_extra_large_cny,
    sell_elg_vol * 100 AS sell_extra_large_shares,
    round(sell_elg_amount * 10000, 2) AS sell_extra_large_cny,
    net_mf_vol * 100 AS net_inflow_shares,
    round(net_mf_amount * 10000, 2) AS net_inflow_cny,
    round((buy_lg_amount + buy_elg_amount - sell_lg_amount - sell_elg_amount) * 10000, 2) AS main_net_inflow_cny,
    trade_count
FROM ods.ods_moneyflow
WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
ORDER BY dt, ts_code
