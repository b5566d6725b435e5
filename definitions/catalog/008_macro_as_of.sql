-- needs: dwd.dwd_macro_observation(series, period_end, revision, value, available_date, known_from)
-- Macro figures as they were known at the end of a day: of each series and period the last value that was available, and nothing that came later.
-- SELECT period_end, value FROM dwd.dwd_macro_observation_at('2024-03-29') WHERE series = 'cn_cpi.nt_yoy' ORDER BY 1.
-- What a lake fetched later than that has is_backfilled = true: it may have been another value then. Leave it out for results without any of that.
CREATE MACRO dwd.dwd_macro_observation_at(on_day) AS TABLE
SELECT figures.* EXCLUDE (known_from)
FROM dwd.dwd_macro_observation AS figures
WHERE figures.available_date <= CAST(on_day AS DATE)
QUALIFY row_number() OVER (PARTITION BY figures.series, figures.period_end ORDER BY figures.revision DESC) = 1;
