/*
partition: none
key: [index_code, symbol, valid_from]
description: "The members of an index with the days on which they are in it, as the lists of weights tell."
columns:
  index_code:
    about: "The code of the index as the lists have it: 399300.SZ"
  symbol:
    about: "The member's newest code: the symbol of dim_instrument"
  valid_from:
    about: "The day of the first list with it; of an index's first list, members were in it before"
  valid_to:
    about: "The day before the first list without it; null where the newest list has it. It may lie after a day that you look at: dim_index_member_at(index, day) hides it"
  listed_as_of:
    about: The day of the newest list with it
  source:
    about: The dataset
*/
-- There is a list a month, not always of its last trading day. A change between two lists is seen at the later one. A member that leaves and comes back has
-- a row for each time.
WITH lists AS (
    SELECT index_code, dt, lead(dt) OVER (PARTITION BY index_code ORDER BY dt) AS next_dt
    FROM (SELECT DISTINCT index_code, dt FROM ods.ods_index_weight)
),
members AS (
    SELECT DISTINCT weights.index_code, coalesce(codes.symbol, weights.con_code) AS symbol, weights.dt, lists.next_dt
    FROM ods.ods_index_weight AS weights
    JOIN lists ON lists.index_code = weights.index_code AND lists.dt = weights.dt
    LEFT JOIN dim.dim_instrument_code AS codes ON codes.code = weights.con_code
),
marked AS (
    SELECT
        *,
        lag(next_dt) OVER (PARTITION BY index_code, symbol ORDER BY dt) IS DISTINCT FROM dt AS is_new
    FROM members
),
spans AS (
    SELECT *, count(*) FILTER (is_new) OVER (PARTITION BY index_code, symbol ORDER BY dt) AS span FROM marked
)
SELECT
    index_code,
    symbol,
    min(dt) AS valid_from,
    nullif(max(coalesce(next_dt, DATE '9999-12-31')), DATE '9999-12-31') - 1 AS valid_to,
    max(dt) AS listed_as_of,
    'tushare.index_weight' AS source
FROM spans
GROUP BY index_code, symbol, span
ORDER BY index_code, symbol, valid_from
