-- needs: dim.dim_instrument_name(symbol, name, treatment, valid_from, valid_to)
-- Names as of a day: those that hold on it, without their last day, which nobody knew then.
-- SELECT symbol, name FROM dim.dim_instrument_name_at('2024-03-29').
CREATE MACRO dim.dim_instrument_name_at(on_day) AS TABLE
SELECT names.* EXCLUDE (valid_to)
FROM dim.dim_instrument_name AS names
WHERE CAST(on_day AS DATE) BETWEEN names.valid_from AND coalesce(names.valid_to, DATE '9999-12-31');
