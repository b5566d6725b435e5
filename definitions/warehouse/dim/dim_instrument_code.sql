/*
partition: none
key: [code]
description: "Every code that a stock has had, with the symbol that it has now: an instrument is one, whatever it is called."
columns:
  code:
    about: A code with the exchange's suffix, as it stands in the rows of its time
  symbol:
    about: "The instrument's newest code: the symbol of dim_instrument"
  valid_from:
    about: "The first day of the code: the listing day, or the day of the list that brought it"
  valid_to:
    about: The last day of the code, as far as lists tell; null for the one that is valid, and for an earlier one whose end no list told
  known_from:
    about: "The day of the list that told it: before, nobody knew that the two codes are one instrument"
*/
-- A code that left the lists is joined to the one that took its place where nothing else can be meant: from one list to the next, on the same exchange, with
-- the same name and listing day, and no other code to which that applies. A name that only repeats the code says nothing. Of two lists of one day the later
-- one alone is left; what they told is in ods_code_change. Rows of other tables keep
-- the code of their day; join them here to follow an instrument: JOIN dim.dim_instrument_code ON code = dwd_stock_daily.symbol.
WITH RECURSIVE lists AS (
    SELECT dt, lead(dt) OVER (ORDER BY dt) AS next_dt FROM (SELECT DISTINCT dt FROM ods.ods_stock_basic)
),
listed AS (
    SELECT
        ts_code AS code,
        split_part(ts_code, '.', -1) AS suffix,
        trim(replace(arg_min(name, dt), ts_code, '')) AS first_name,
        trim(replace(arg_max(name, dt), ts_code, '')) AS last_name,
        max(list_date) AS list_date,
        min(dt) AS first_seen,
        max(dt) AS last_seen
    FROM ods.ods_stock_basic
    GROUP BY ts_code
),
by_lists AS (
    SELECT earlier.code AS earlier, later.code AS later, later.first_seen AS known_from
    FROM listed AS earlier
    JOIN lists ON lists.dt = earlier.last_seen
    JOIN listed AS later
        ON later.first_seen = lists.next_dt
        AND later.suffix = earlier.suffix
        AND later.list_date = earlier.list_date
        AND later.first_name = earlier.last_name
    QUALIFY count(*) OVER (PARTITION BY earlier.code) = 1 AND count(*) OVER (PARTITION BY later.code) = 1
),
told AS (
    SELECT told.earlier, told.later, told.dt AS known_from, told.list_date
    FROM ods.ods_code_change AS told
    LEFT JOIN listed ON listed.code = told.earlier AND listed.last_seen >= told.dt
    LEFT JOIN by_lists ON by_lists.earlier = told.earlier
    WHERE told.list = 'tushare.stock_basic' AND listed.code IS NULL AND by_lists.earlier IS NULL
    QUALIFY row_number() OVER (PARTITION BY told.earlier ORDER BY told.dt DESC) = 1
),
mapped AS (
    SELECT o_code AS earlier, arg_max(n_code, dt) AS later, min(dt) AS known_from, arg_max(list_date, dt) AS list_date
    FROM ods.ods_bse_mapping
    WHERE o_code <> n_code
        AND o_code NOT IN (SELECT earlier FROM by_lists)
        AND o_code NOT IN (SELECT earlier FROM told)
    GROUP BY o_code
),
changes AS (
    SELECT earlier, later, known_from, true AS is_dated FROM by_lists
    UNION ALL
    SELECT earlier, later, known_from, true FROM told
    UNION ALL
    SELECT earlier, later, known_from, false FROM mapped
),
codes AS (
    SELECT code, list_date, first_seen, last_seen FROM listed
    UNION ALL
    SELECT earlier, list_date, known_from, known_from FROM told WHERE earlier NOT IN (SELECT code FROM listed)
    UNION ALL
    SELECT earlier, list_date, known_from, known_from FROM mapped WHERE earlier NOT IN (SELECT code FROM listed)
),
chains AS (
    SELECT earlier AS code, later AS symbol, known_from FROM changes
    UNION
    SELECT chains.code, changes.later, changes.known_from FROM chains JOIN changes ON changes.earlier = chains.symbol
),
newest AS (
    SELECT code, symbol, known_from FROM chains QUALIFY row_number() OVER (PARTITION BY code ORDER BY known_from DESC) = 1
)
SELECT
    codes.code,
    coalesce(newest.symbol, codes.code) AS symbol,
    coalesce(came.known_from, codes.list_date, codes.first_seen) AS valid_from,
    CASE WHEN went.earlier IS NOT NULL THEN codes.last_seen END AS valid_to,
    coalesce(newest.known_from, codes.first_seen) AS known_from
FROM codes
LEFT JOIN newest ON newest.code = codes.code
LEFT JOIN changes AS went ON went.earlier = codes.code AND went.is_dated
LEFT JOIN (
    SELECT later, max(known_from) AS known_from FROM changes WHERE is_dated GROUP BY later
) AS came ON came.later = codes.code
ORDER BY codes.code
