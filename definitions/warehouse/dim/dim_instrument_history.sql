/*
partition: none
key: [symbol, known_from]
description: "What the lists said of an instrument and from when on, a row each time that it changed: stocks, exchange-traded funds, indices, futures, spot metals and currencies."
columns:
  symbol:
    about: The instrument's newest code
  code:
    about: The code under which the lists had it then
  kind:
    about: stock, etf (a fund with ETF in its name), fund (LOF, closed-end fund, REIT …), index, future, continuous (a series of futures), spot or fx
  bucket:
    about: "What it is collected under: stock, etf, index, futures, spot or fx"
  exchange:
    about: The code of the calendars, for example XSHG; null where no exchange publishes it under its own suffix
  board:
    about: The board of a stock as its list calls it; null for others, which have none
  industry:
    about: The vendor's own word for a stock, the type of a fund, the category of an index, the product of a future; dim_instrument_industry has a classification
  delist_date:
    about: "The first day on which it is not traded any more: of a future, the day after its last"
  lot_size:
    about: "The smallest order: shares or fund units; of a future its multiplier; of spot grams; of a currency the smallest trade"
  tick_size:
    about: The smallest step of the price, in the currency
  known_from:
    about: The day of the first list that said so
  known_until:
    about: The day of the list that said something else, or no longer named it; null where the newest list says so
  source:
    about: The list
  listed_as_of:
    about: The day of the newest list that says so
*/
-- For a look at a past day without hindsight: WHERE known_from <= day AND (known_until IS NULL OR day < known_until). The vendor's lists are those of the day
-- on which they were fetched; of earlier days nothing is known, and no row says otherwise. Lists that were never fetched add nothing.
-- Should two lists name one symbol, the stock wins over the fund and the fund over the index.
-- Lots and ticks of stocks and funds are the exchanges' rules, which no list has: 100 shares (STAR: 200), 0.01; funds and Shanghai's B shares 0.001.
WITH stocks AS (
    SELECT
        dt,
        ts_code AS code,
        name,
        'stock' AS kind,
        'stock' AS bucket,
        market AS board,
        industry,
        list_date,
        delist_date,
        list_status,
        coalesce(curr_type, CASE WHEN ts_code LIKE '900%.SH' THEN 'USD' WHEN ts_code LIKE '20%.SZ' THEN 'HKD' ELSE 'CNY' END) AS currency,
        CASE WHEN ts_code LIKE '68%.SH' THEN 200.0 ELSE 100.0 END AS lot_size,
        CASE WHEN ts_code LIKE '900%.SH' THEN 0.001 ELSE 0.01 END::DOUBLE AS tick_size,
        'tushare.stock_basic' AS source,
        1 AS preference
    FROM ods.ods_stock_basic
),
funds AS (
    SELECT
        dt,
        ts_code AS code,
        name,
        CASE WHEN contains(upper(name), 'ETF') THEN 'etf' ELSE 'fund' END AS kind,
        'etf' AS bucket,
        CAST(NULL AS VARCHAR) AS board,
        invest_type AS industry,
        list_date,
        delist_date,
        status AS list_status,
        'CNY' AS currency,
        100.0 AS lot_size,
        0.001 AS tick_size,
        'tushare.fund_basic' AS source,
        2 AS preference
    FROM ods.ods_fund_basic
),
indices AS (
    SELECT
        dt,
        ts_code AS code,
        name,
        'index' AS kind,
        'index' AS bucket,
        CAST(NULL AS VARCHAR) AS board,
        category AS industry,
        list_date,
        exp_date AS delist_date,
        CASE WHEN exp_date IS NULL THEN 'L' ELSE 'D' END AS list_status,
        CAST(NULL AS VARCHAR) AS currency,
        CAST(NULL AS DOUBLE) AS lot_size,
        CAST(NULL AS DOUBLE) AS tick_size,
        'tushare.index_basic' AS source,
        3 AS preference
    FROM ods.ods_index_basic
),
-- A list has contracts and, without days, the series that are made of them.
futures AS (
    SELECT
        dt,
        ts_code AS code,
        name,
        CASE WHEN list_date IS NULL THEN 'continuous' ELSE 'future' END AS kind,
        'futures' AS bucket,
        CAST(NULL AS VARCHAR) AS board,
        fut_code AS industry,
        list_date,
        delist_date + 1 AS delist_date,
        CASE WHEN delist_date < dt THEN 'D' ELSE 'L' END AS list_status,
        'CNY' AS currency,
        coalesce(multiplier, per_unit) AS lot_size,
        TRY_CAST(regexp_extract(quote_unit_desc, '^[0-9.]+') AS DOUBLE) AS tick_size,
        'tushare.fut_basic' AS source,
        4 AS preference
    FROM ods.ods_fut_basic
),
metals AS (
    SELECT
        dt,
        ts_code AS code,
        ts_name AS name,
        'spot' AS kind,
        'spot' AS bucket,
        CAST(NULL AS VARCHAR) AS board,
        trade_type AS industry,
        list_date,
        CAST(NULL AS DATE) AS delist_date,
        'L' AS list_status,
        'CNY' AS currency,
        t_unit AS lot_size,
        min_change AS tick_size,
        'tushare.sge_basic' AS source,
        5 AS preference
    FROM ods.ods_sge_basic
),
currencies AS (
    SELECT
        dt,
        ts_code AS code,
        name,
        'fx' AS kind,
        'fx' AS bucket,
        CAST(NULL AS VARCHAR) AS board,
        classify AS industry,
        CAST(NULL AS DATE) AS list_date,
        CAST(NULL AS DATE) AS delist_date,
        'L' AS list_status,
        CASE WHEN classify = 'FX' THEN substr(ts_code, 4, 3) END AS currency,
        min_unit AS lot_size,
        pip AS tick_size,
        'tushare.fx_obasic' AS source,
        6 AS preference
    FROM ods.ods_fx_obasic
),
lists AS (
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
),
days AS (
    SELECT source, dt, lead(dt) OVER (PARTITION BY source ORDER BY dt) AS next_dt FROM (SELECT DISTINCT source, dt FROM lists)
),
named AS (
    SELECT
        coalesce(codes.symbol, lists.code) AS symbol,
        lists.*,
        hash(lists.code, name, kind, board, industry, list_date, delist_date, list_status, currency, lot_size, tick_size) AS facts
    FROM lists
    LEFT JOIN dim.dim_instrument_code AS codes ON codes.code = lists.code AND lists.source = 'tushare.stock_basic'
    QUALIFY preference = min(preference) OVER (PARTITION BY coalesce(codes.symbol, lists.code))
),
marked AS (
    SELECT
        named.*,
        days.next_dt,
        lag(facts) OVER steps IS DISTINCT FROM facts OR lag(days.next_dt) OVER steps IS DISTINCT FROM named.dt AS is_new
    FROM named
    JOIN days ON days.source = named.source AND days.dt = named.dt
    WINDOW steps AS (PARTITION BY symbol ORDER BY named.dt)
),
spans AS (
    SELECT *, count(*) FILTER (is_new) OVER (PARTITION BY symbol ORDER BY dt) AS span FROM marked
)
SELECT
    symbol,
    any_value(code) AS code,
    any_value(name) AS name,
    any_value(kind) AS kind,
    any_value(bucket) AS bucket,
    CASE WHEN any_value(kind) = 'spot' THEN ${EXCHANGE_OF_VENDOR}['SGE'] ELSE ${EXCHANGE_OF_SUFFIX}[split_part(symbol, '.', -1)] END AS exchange,
    any_value(board) AS board,
    any_value(industry) AS industry,
    any_value(list_date) AS list_date,
    any_value(delist_date) AS delist_date,
    any_value(list_status) AS list_status,
    any_value(currency) AS currency,
    any_value(lot_size) AS lot_size,
    any_value(tick_size) AS tick_size,
    any_value(source) AS source,
    min(dt) AS known_from,
    nullif(max(coalesce(next_dt, DATE '9999-12-31')), DATE '9999-12-31') AS known_until,
    max(dt) AS listed_as_of
FROM spans
GROUP BY symbol, span
ORDER BY symbol, known_from
