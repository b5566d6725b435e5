/*
partition: none
key: [symbol, valid_from]
description: "Shenwan's industry of a stock (申万, SW2021) with the days on which it is in it."
columns:
  symbol:
    about: "The instrument's newest code: the symbol of dim_instrument"
  l1_code: { about: "Industry, level 1: 801120.SI" }
  l2_code: { about: "Industry, level 2" }
  l3_code: { about: "Industry, level 3" }
  valid_from:
    about: "The day on which it comes in; where the vendor has none, the listing"
  valid_to:
    about: "The last day in it; null while it is in. It may lie after a day that you look at: dim_instrument_industry_at(day) hides it"
  known_from:
    about: The day of the first list that had it in the industry from that day on
*/
-- The vendor's out_date is the first day out: an event of that morning. So the last day is the one before, or the day before the next industry begins if that
-- is earlier: a stock is in one at a time. Where the next one begins a day after out_date, the day between belongs to the one that ends.
-- The classification is that of 2021 for all of history, which nobody had before: known_from says when a list told it.
WITH newest AS (
    SELECT * FROM ods.ods_index_member_all WHERE dt = (SELECT max(dt) FROM ods.ods_index_member_all)
),
first_lists AS (
    SELECT l3_code, ts_code, in_date, min(dt) AS known_from FROM ods.ods_index_member_all GROUP BY ALL
),
members AS (
    SELECT
        coalesce(codes.symbol, newest.ts_code) AS symbol,
        newest.l1_code,
        newest.l1_name,
        newest.l2_code,
        newest.l2_name,
        newest.l3_code,
        newest.l3_name,
        coalesce(newest.in_date, listing.list_date) AS valid_from,
        newest.out_date,
        first_lists.known_from
    FROM newest
    JOIN first_lists
        ON first_lists.l3_code = newest.l3_code
        AND first_lists.ts_code = newest.ts_code
        AND first_lists.in_date IS NOT DISTINCT FROM newest.in_date
    LEFT JOIN dim.dim_instrument_code AS codes ON codes.code = newest.ts_code
    LEFT JOIN dim.dim_instrument AS listing ON listing.symbol = coalesce(codes.symbol, newest.ts_code)
    WHERE
        coalesce(newest.in_date, listing.list_date) IS NOT NULL
        AND (newest.out_date IS NULL OR newest.out_date > coalesce(newest.in_date, listing.list_date))
    QUALIFY row_number() OVER (
        PARTITION BY coalesce(codes.symbol, newest.ts_code), coalesce(newest.in_date, listing.list_date)
        ORDER BY newest.out_date DESC NULLS FIRST, newest.l3_code
    ) = 1
)
SELECT
    symbol,
    l1_code,
    l1_name,
    l2_code,
    l2_name,
    l3_code,
    l3_name,
    valid_from,
    CASE
        WHEN lead(valid_from) OVER days = out_date + 1 THEN out_date
        ELSE least(out_date - 1, lead(valid_from) OVER days - 1)
    END AS valid_to,
    known_from
FROM members
WINDOW days AS (PARTITION BY symbol ORDER BY valid_from)
ORDER BY symbol, valid_from
