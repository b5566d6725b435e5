-- partition: none
-- key: symbol
-- description: One row an instrument: stocks, exchange-traded funds and indices, as the newest list that names it says.
--
-- An instrument that a later list no longer names keeps its last row. Lists that were never fetched add nothing.
-- kind is stock, etf (a fund with ETF in its name), fund (LOF, closed-end fund, REIT …) or index; bucket is what it is collected under.
-- Should two lists name one symbol, the stock wins over the fund and the fund over the index.
-- exchange is the market code of the calendars: XSHG, XSHE or BSE; null for an index that no exchange publishes under its own suffix.
WITH stocks AS (
    SELECT
        ts_code AS symbol,
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
        dt AS listed_as_of,
        1 AS preference
    FROM ods.ods_stock_basic
    QUALIFY row_number() OVER (PARTITION BY ts_code ORDER BY dt DESC) = 1
),
funds AS (
    SELECT
        ts_code AS symbol,
        name,
        CASE WHEN contains(upper(name), 'ETF') THEN 'etf' ELSE 'fund' END AS kind,
        'etf' AS bucket,
        fund_type AS board,
        invest_type AS industry,
        list_date,
        delist_date,
        status AS list_status,
        'CNY' AS currency,
        'tushare.fund_basic' AS source,
        dt AS listed_as_of,
        2 AS preference
    FROM ods.ods_fund_basic
    QUALIFY row_number() OVER (PARTITION BY ts_code ORDER BY dt DESC) = 1
),
indices AS (
    SELECT
        ts_code AS symbol,
        name,
        'index' AS kind,
        'index' AS bucket,
        market AS board,
        category AS industry,
        list_date,
        exp_date AS delist_date,
        CASE WHEN exp_date IS NULL THEN 'L' ELSE 'D' END AS list_status,
        CAST(NULL AS VARCHAR) AS currency,
        'tushare.index_basic' AS source,
        dt AS listed_as_of,
        3 AS preference
    FROM ods.ods_index_basic
    QUALIFY row_number() OVER (PARTITION BY ts_code ORDER BY dt DESC) = 1
),
instruments AS (
    SELECT * FROM stocks
    UNION ALL
    SELECT * FROM funds
    UNION ALL
    SELECT * FROM indices
)
SELECT
    symbol,
    name,
    kind,
    bucket,
    ${EXCHANGE_OF_SUFFIX}[split_part(symbol, '.', -1)] AS exchange,
    board,
    industry,
    list_date,
    delist_date,
    list_status,
    currency,
    source,
    listed_as_of
FROM instruments
QUALIFY row_number() OVER (PARTITION BY symbol ORDER BY preference) = 1
ORDER BY symbol
