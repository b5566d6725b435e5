/*
partition: none
key: [symbol]
description: "One row an instrument: stocks, exchange-traded funds, indices, futures, spot metals and currencies, as the newest list that names it says."
columns:
  symbol:
    about: The instrument's newest code; dim_instrument_code has the earlier ones
  kind:
    about: stock, etf (a fund with ETF in its name), fund (LOF, closed-end fund, REIT …), index, future, continuous (a series of futures), spot or fx
  bucket:
    about: "What it is collected under: stock, etf, index, futures, spot or fx"
  exchange:
    about: The code of the calendars, for example XSHG; null where no exchange publishes it under its own suffix
  board:
    about: The board of a stock as its list calls it; null for others, which have none
  symbol_prefixed:
    about: "The symbol as Sina and Tencent spell it, sh600519; null for others than stocks, funds and indices of an exchange"
  symbol_plain:
    about: The symbol without its suffix, 600519, which alone names nothing
  industry:
    about: The vendor's own word for a stock, the type of a fund, the category of an index, the product of a future; dim_instrument_industry has a classification
  delist_date:
    about: "The first day on which it is not traded any more: of a future, the day after its last"
  lot_size:
    about: "The smallest order: shares or fund units; of a future its multiplier; of spot grams; of a currency the smallest trade"
  tick_size:
    about: The smallest step of the price, in the currency
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
    CASE
        WHEN kind IN ('stock', 'etf', 'fund', 'index') AND exchange IS NOT NULL
            THEN lower(split_part(symbol, '.', -1)) || split_part(symbol, '.', 1)
    END AS symbol_prefixed,
    CASE WHEN kind = 'spot' THEN symbol ELSE regexp_replace(symbol, '\.[A-Z]+$', '') END AS symbol_plain,
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
    lot_size,
    tick_size,
    source,
    known_from,
    listed_as_of
FROM dim.dim_instrument_history
QUALIFY row_number() OVER (PARTITION BY symbol ORDER BY known_from DESC) = 1
ORDER BY symbol
