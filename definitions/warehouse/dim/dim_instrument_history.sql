/*
partition: none
key: [symbol, known_from]
description: "What the lists said of an instrument and from when on: stocks, exchange-traded funds and indices, a row each time that it changed."
columns:
  symbol:
    about: The instrument's newest code
  code:
    about: The code under which the lists had it then
  kind:
    about: stock, etf (a fund with ETF in its name), fund (LOF, closed-end fund, REIT …) or index
  bucket:
    about: "What it is collected under: stock, etf or index"
  exchange:
    about: The code of the calendars, for example XSHG; null for an index that no exchange publishes under its own suffix
  board:
    about: The board of a stock as its list calls it; null for funds and indices, which have none
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
        coalesce(curr_type, 'CNY') AS currency,
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
        'tushare.index_basic' AS source,
        3 AS preference
    FROM ods.ods_index_basic
),
lists AS (
    SELECT * FROM stocks
    UNION ALL
    SELECT * FROM funds
    UNION ALL
    SELECT * FROM indices
),
days AS (
    SELECT source, dt, lead(dt) OVER (PARTITION BY source ORDER BY dt) AS next_dt FROM (SELECT DISTINCT source, dt FROM lists)
),
named AS (
    SELECT
        coalesce(codes.symbol, lists.code) AS symbol,
        lists.*,
        hash(lists.code, name, kind, board, industry, list_date, delist_date, list_status, currency) AS facts
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
    ${EXCHANGE_OF_SUFFIX}[split_part(symbol, '.', -1)] AS exchange,
    any_value(board) AS board,
    any_value(industry) AS industry,
    any_value(list_date) AS list_date,
    any_value(delist_date) AS delist_date,
    any_value(list_status) AS list_status,
    any_value(currency) AS currency,
    any_value(source) AS source,
    min(dt) AS known_from,
    nullif(max(coalesce(next_dt, DATE '9999-12-31')), DATE '9999-12-31') AS known_until,
    max(dt) AS listed_as_of
FROM spans
GROUP BY symbol, span
ORDER BY symbol, known_from
