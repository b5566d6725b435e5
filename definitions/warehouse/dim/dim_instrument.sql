/*
partition: none
key: [symbol]
description: "One row an instrument: stocks, exchange-traded funds and indices, as the newest list that names it says."
columns:
  symbol:
    about: The instrument's newest code; dim_instrument_code has the earlier ones
  kind:
    about: stock, etf (a fund with ETF in its name), fund (LOF, closed-end fund, REIT …) or index
  bucket:
    about: "What it is collected under: stock, etf or index"
  exchange:
    about: The code of the calendars, for example XSHG; null for an index that no exchange publishes under its own suffix
  board:
    about: The board of a stock as its list calls it; null for funds and indices, which have none
  source:
    about: The list
  known_from:
    about: The day of the first list that said what this row says
  listed_as_of:
    about: The day of the newest list that names it
*/
-- An instrument that a later list no longer names keeps its last row. What was known on an earlier day is in dim_instrument_history: this table knows today's
-- names, industries and delistings, and a backtest that joins it looks ahead.
SELECT
    symbol,
    name,
    kind,
    bucket,
    exchange,
    board,
    industry,
    list_date,
    delist_date,
    list_status,
    currency,
    source,
    known_from,
    listed_as_of
FROM dim.dim_instrument_history
QUALIFY row_number() OVER (PARTITION BY symbol ORDER BY known_from DESC) = 1
ORDER BY symbol
