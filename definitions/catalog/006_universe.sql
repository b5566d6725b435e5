-- needs: dim.dim_instrument(symbol, kind, exchange, list_date, delist_date)
-- needs: dim.dim_instrument_code(code, symbol, valid_from, valid_to)
-- needs: dim.dim_instrument_name(symbol, name, valid_from, valid_to)
-- needs: dim.dim_index_member(index_code, symbol, valid_from, valid_to)
-- The universes that dim.universe knows: by the kind and exchange of what is listed, or by the lists of an index in the order of preference.
CREATE VIEW dim.universes AS
SELECT *
FROM (
    VALUES
        ('all_a', 'stock', NULL, NULL),
        ('sse_a', 'stock', 'XSHG', NULL),
        ('szse_a', 'stock', 'XSHE', NULL),
        ('bse', 'stock', 'BSE', NULL),
        ('etf', 'etf', NULL, NULL),
        ('fund', 'fund', NULL, NULL),
        ('futures', 'future', NULL, NULL),
        ('sse50', 'stock', NULL, ['000016.SH']),
        ('csi300', 'stock', NULL, ['399300.SZ', '000300.SH']),
        ('csi500', 'stock', NULL, ['000905.SH', '399905.SZ', '000905.CSI']),
        ('csi800', 'stock', NULL, ['000906.SH', '000906.CSI']),
        ('csi1000', 'stock', NULL, ['000852.SH', '000852.CSI']),
        ('star50', 'stock', NULL, ['000688.SH']),
        ('chinext', 'stock', NULL, ['399006.SZ']),
        ('szse_component', 'stock', NULL, ['399001.SZ'])
) AS words(universe, kind, exchange, index_codes);

-- The instruments of a universe as they were on a day: SELECT symbol, code, name FROM dim.universe('csi300', '2024-03-29').
-- In it is what was listed on the day: also what was delisted since, and nothing that was listed later. The day of the delisting is not a day in it.
-- symbol is the newest code, as in dim_instrument; code and name are those of the day. A name or code that nothing tells for the day is null or the newest.
-- B shares are not in it. Members of an index are those of its newest list until the day (dim_index_member).
-- A word that is not in dim.universes, or an index that has no list of the day or before, is an error and not an empty universe.
CREATE MACRO dim.universe(which, on_day) AS TABLE
WITH asked AS (
    SELECT
        CAST(on_day AS DATE) AS day,
        known.kind,
        known.exchange,
        known.index_codes,
        CASE
            WHEN known.universe IS NULL
                THEN error('There is no universe ' || coalesce(lower(which), 'null') || '. SELECT universe FROM dim.universes lists them.')
            WHEN known.index_codes IS NULL THEN NULL
            ELSE coalesce(
                (
                    SELECT members.index_code
                    FROM dim.dim_index_member AS members
                    WHERE list_contains(known.index_codes, members.index_code) AND members.valid_from <= CAST(on_day AS DATE)
                    ORDER BY list_position(known.index_codes, members.index_code)
                    LIMIT 1
                ),
                error('No list of the index ' || known.index_codes[1] || ' of ' || CAST(on_day AS VARCHAR) || ' or before is in dim.dim_index_member. There is one a month: fetch index_weight (on: [index.weight] in tidemark.yaml) of the month before, and build.')
            )
        END AS index_code
    FROM (SELECT lower(which) AS word) AS given
    LEFT JOIN dim.universes AS known ON known.universe = given.word
),
listed AS (
    SELECT instruments.symbol, instruments.kind, instruments.exchange, asked.day
    FROM dim.dim_instrument AS instruments
    JOIN asked ON asked.kind = instruments.kind
    WHERE
        (asked.exchange IS NULL OR instruments.exchange = asked.exchange)
        AND instruments.list_date <= asked.day
        AND (instruments.delist_date IS NULL OR instruments.delist_date > asked.day)
        AND NOT (instruments.kind = 'stock' AND regexp_matches(instruments.symbol, '^(900[0-9]{3}[.]SH|20[01][0-9]{3}[.]SZ)$'))
        AND (
            asked.index_code IS NULL
            OR instruments.symbol IN (
                SELECT members.symbol
                FROM dim.dim_index_member AS members
                JOIN asked AS question ON question.index_code = members.index_code
                WHERE question.day BETWEEN members.valid_from AND coalesce(members.valid_to, DATE '9999-12-31')
            )
        )
),
codes AS (
    SELECT listed.symbol, any_value(codes.code) AS code
    FROM listed
    JOIN dim.dim_instrument_code AS codes
        ON codes.symbol = listed.symbol
        AND listed.day BETWEEN codes.valid_from AND coalesce(codes.valid_to, DATE '9999-12-31')
    GROUP BY listed.symbol
    HAVING count(*) = 1
)
SELECT
    listed.symbol,
    coalesce(codes.code, listed.symbol) AS code,
    names.name,
    listed.kind,
    listed.exchange
FROM listed
LEFT JOIN codes ON codes.symbol = listed.symbol
LEFT JOIN dim.dim_instrument_name AS names
    ON names.symbol = listed.symbol
    AND listed.day BETWEEN names.valid_from AND coalesce(names.valid_to, DATE '9999-12-31')
ORDER BY listed.symbol;
