/*
partition: none
key: [code, valid_from]
description: "What holds for a code on its days, an interval a row: listing, board, name, special treatment, industry. Made to be joined by day: dt BETWEEN valid_from AND coalesce(valid_to, dt)."
columns:
  code:
    about: The code of those days, as rows of the day have it; dim_instrument_code has the instrument
  kind:
    about: The kind of dim_instrument
  board:
    about: "The board of a stock as the newest list calls it: lists of earlier days tell of those days alone"
  list_date:
    about: The first day of listing
  treatment:
    about: "Special treatment as the name says it: ST or *ST; null without"
  name:
    about: "The name of those days; null where none is known: a list of today tells nothing of earlier days"
  valid_from:
    about: The first day
  valid_to:
    about: The last day; null where no end is known
*/
-- Of the days from the listing of an instrument to the day before it is delisted. A row begins where anything changes.
WITH listings AS (
    SELECT
        codes.code,
        codes.symbol,
        listed.kind,
        listed.board,
        listed.list_date,
        greatest(codes.valid_from, listed.list_date) AS first_day,
        coalesce(least(codes.valid_to, listed.delist_date - 1), DATE '9999-12-31') AS last_day
    FROM dim.dim_instrument AS listed
    JOIN (
        SELECT code, symbol, valid_from, valid_to FROM dim.dim_instrument_code
        UNION ALL
        SELECT symbol, symbol, list_date, NULL FROM dim.dim_instrument WHERE kind <> 'stock'
    ) AS codes ON codes.symbol = listed.symbol
    WHERE listed.list_date IS NOT NULL
),
points AS (
    SELECT code, first_day AS day FROM listings
    UNION
    SELECT listings.code, names.valid_from FROM listings JOIN dim.dim_instrument_name AS names ON names.symbol = listings.symbol
    UNION
    SELECT listings.code, names.valid_to + 1 FROM listings JOIN dim.dim_instrument_name AS names ON names.symbol = listings.symbol
    UNION
    SELECT listings.code, sectors.valid_from FROM listings JOIN dim.dim_instrument_industry AS sectors ON sectors.symbol = listings.symbol
    UNION
    SELECT listings.code, sectors.valid_to + 1 FROM listings JOIN dim.dim_instrument_industry AS sectors ON sectors.symbol = listings.symbol
),
segments AS (
    SELECT
        listings.*,
        points.day AS valid_from,
        least(last_day, coalesce(lead(points.day) OVER (PARTITION BY listings.code ORDER BY points.day) - 1, last_day)) AS valid_to
    FROM listings
    JOIN points ON points.code = listings.code AND points.day BETWEEN listings.first_day AND listings.last_day
)
SELECT
    segments.code,
    segments.kind,
    segments.board,
    segments.list_date,
    names.name,
    names.treatment,
    names.is_delisting,
    sectors.l1_name AS industry_l1,
    sectors.l2_name AS industry_l2,
    sectors.l3_name AS industry_l3,
    segments.valid_from,
    nullif(segments.valid_to, DATE '9999-12-31') AS valid_to
FROM segments
LEFT JOIN dim.dim_instrument_name AS names
    ON names.symbol = segments.symbol
    AND segments.valid_from BETWEEN names.valid_from AND coalesce(names.valid_to, DATE '9999-12-31')
LEFT JOIN dim.dim_instrument_industry AS sectors
    ON sectors.symbol = segments.symbol
    AND segments.valid_from BETWEEN sectors.valid_from AND coalesce(sectors.valid_to, DATE '9999-12-31')
ORDER BY segments.code, segments.valid_from
