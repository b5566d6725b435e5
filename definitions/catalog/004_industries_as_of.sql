-- needs: dim.dim_instrument_industry(symbol, l1_name, valid_from, valid_to)
-- Industries as of a day: those in which a stock is on it, without the last day, which nobody knew then.
-- SELECT symbol, l1_name FROM dim.dim_instrument_industry_at('2024-03-29').
CREATE MACRO dim.dim_instrument_industry_at(on_day) AS TABLE
SELECT sectors.* EXCLUDE (valid_to)
FROM dim.dim_instrument_industry AS sectors
WHERE CAST(on_day AS DATE) BETWEEN sectors.valid_from AND coalesce(sectors.valid_to, DATE '9999-12-31');
