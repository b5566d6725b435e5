-- needs: dim.dim_index_member(index_code, symbol, valid_from, valid_to, listed_as_of)
-- Members of an index as of a day, by its newest list until then, without what later lists told.
-- SELECT symbol FROM dim.dim_index_member_at('399300.SZ', '2024-03-29').
CREATE MACRO dim.dim_index_member_at(index_symbol, on_day) AS TABLE
SELECT members.* EXCLUDE (valid_to, listed_as_of)
FROM dim.dim_index_member AS members
WHERE
    members.index_code = index_symbol
    AND CAST(on_day AS DATE) BETWEEN members.valid_from AND coalesce(members.valid_to, DATE '9999-12-31');
