/*
partition: none
key: [symbol, valid_from]
description: "The names of an instrument with the days on which they hold: those of stocks from the vendor's history of names, others as lists had them."
columns:
  symbol:
    about: "The instrument's newest code: the symbol of dim_instrument"
  treatment:
    about: "Special treatment as the name says it: ST or *ST; null without"
  is_delisting:
    about: "The name says that it leaves the exchange: 退市整理, …退"
  valid_from:
    about: "The first day of the name; of a name from lists, the day of the first that had it"
  valid_to:
    about: "The last day of the name; null while it holds. It may lie after a day that you look at: dim_instrument_name_at(day) hides it"
  change_reason:
    about: "The vendor's word for the change: 改名, ST, *ST, 撤销ST …; null for a name from lists"
  source:
    about: "tushare.namechange, or the list"
*/
-- The history is the newest list of namechange: it has days of its own, so it tells of all days since the listing, also of those before it was fetched.
-- Known faults of it: rows that stand twice, rows of one name that follow each other (they are one here), ends that reach into the next name (the next
-- one's beginning counts), and an announcement that is null. Stocks that it does not have, and what is no stock, have the names of their lists from the
-- day of the first list on; of earlier days nothing is known.
WITH newest AS (
    SELECT * FROM ods.ods_namechange WHERE dt = (SELECT max(dt) FROM ods.ods_namechange) AND start_date IS NOT NULL AND name IS NOT NULL
),
told AS (
    SELECT
        coalesce(codes.symbol, newest.ts_code) AS symbol,
        newest.name,
        newest.start_date AS first_day,
        newest.end_date AS last_day,
        newest.change_reason,
        'tushare.namechange' AS source
    FROM newest
    LEFT JOIN dim.dim_instrument_code AS codes ON codes.code = newest.ts_code
    QUALIFY row_number() OVER (
        PARTITION BY coalesce(codes.symbol, newest.ts_code), newest.start_date
        ORDER BY newest.ann_date DESC NULLS LAST, newest.end_date DESC NULLS FIRST, newest.name
    ) = 1
),
listed AS (
    SELECT symbol, name, known_from AS first_day, known_until - 1 AS last_day, CAST(NULL AS VARCHAR) AS change_reason, source
    FROM dim.dim_instrument_history
    WHERE name IS NOT NULL AND (kind <> 'stock' OR symbol NOT IN (SELECT symbol FROM told))
),
names AS (
    SELECT * FROM told
    UNION ALL
    SELECT * FROM listed
),
marked AS (
    SELECT *, lag(name) OVER days IS DISTINCT FROM name AS is_new FROM names WINDOW days AS (PARTITION BY symbol ORDER BY first_day)
),
spans AS (
    SELECT *, count(*) FILTER (is_new) OVER (PARTITION BY symbol ORDER BY first_day) AS span FROM marked
),
periods AS (
    SELECT
        symbol,
        any_value(name) AS name,
        min(first_day) AS valid_from,
        arg_max(coalesce(last_day, DATE '9999-12-31'), first_day) AS last_day,
        arg_min(change_reason, first_day) AS change_reason,
        arg_min(source, first_day) AS source
    FROM spans
    GROUP BY symbol, span
),
ended AS (
    SELECT
        *,
        least(
            nullif(last_day, DATE '9999-12-31'), lead(valid_from) OVER (PARTITION BY symbol ORDER BY valid_from) - 1
        ) AS valid_to
    FROM periods
)
SELECT
    symbol,
    name,
    nullif(regexp_extract(name, '^S?([*]?ST)', 1), '') AS treatment,
    contains(name, '退') AS is_delisting,
    valid_from,
    valid_to,
    change_reason,
    source
FROM ended
ORDER BY symbol, valid_from
