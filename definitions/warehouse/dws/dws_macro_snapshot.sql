/*
partition: none
key: [as_of_date, module]
description: "Whether the macro figures of a module were known at the end of a trading day of Shanghai, and which were not."
columns:
  as_of_date: { about: "A trading day of Shanghai, up to the one before the last day on which the lake had a new figure: a day that is not over tells no end of it" }
  module:
    about: "macro.cn_growth_inflation, macro.cn_liquidity, macro.us_rates, macro.cross_market"
  status: { about: "complete, partial or missing" }
  coverage_ratio:
    unit: fraction
    about: "Components that are there, of those that are expected"
  available_date:
    about: "The newest available_date of the figures that it is made of; never after as_of_date"
  payload:
    about: "Why, as JSON: the expected, available, missing and stale components, and of each that is available its series and the period of its newest figure; for cross_market the status of the two modules"
*/
-- A component is there when the newest figure of one of its series that was available on the day is not stale: 10 days old for what is daily, 75 for what is
-- monthly, 150 for a quarter, from the end of its period on. What stopped to be published is missing, and not present for ever.
-- Complete: of growth and inflation two or more of four; of liquidity both a rate and credit; of US rates four or more of five; across markets the first and the third.
-- Missing: none of them (across markets: both missing). Partial: what is between.
WITH components AS (
    SELECT *
    FROM (
        VALUES
            ('macro.cn_growth_inflation', 'gdp', 'cn_gdp.gdp_yoy', 150),
            ('macro.cn_growth_inflation', 'cpi', 'cn_cpi.nt_yoy', 75),
            ('macro.cn_growth_inflation', 'ppi', 'cn_ppi.ppi_yoy', 75),
            ('macro.cn_growth_inflation', 'pmi', 'cn_pmi.pmi010000', 75),
            ('macro.cn_liquidity', 'rate', 'shibor.overnight', 10),
            ('macro.cn_liquidity', 'rate', 'shibor_lpr.y1', 75),
            ('macro.cn_liquidity', 'credit', 'cn_m.m2_yoy', 75),
            ('macro.cn_liquidity', 'credit', 'sf_month.inc_month', 75),
            ('macro.us_rates', 'par_yields', 'us_tycr.y10', 10),
            ('macro.us_rates', 'real_yields', 'us_trycr.y10', 10),
            ('macro.us_rates', 'bills', 'us_tbr.w13_ce', 10),
            ('macro.us_rates', 'long_term', 'us_tltr.ltc', 10),
            ('macro.us_rates', 'real_long_term', 'us_trltr.ltr_avg', 10)
    ) AS v(module, component, series, stale_days)
),
figures AS (
    SELECT series, available_date, max(period_end) AS period_end
    FROM dwd.dwd_macro_observation
    WHERE series IN (SELECT series FROM components) AND available_date IS NOT NULL
    GROUP BY series, available_date
),
newest AS (
    SELECT series, available_date, max(period_end) OVER (PARTITION BY series ORDER BY available_date) AS newest_period FROM figures
),
days AS (
    SELECT calendar_date AS as_of_date
    FROM dim.dim_trade_calendar
    WHERE
        exchange = 'XSHG'
        AND is_open
        AND calendar_date >= (SELECT min(available_date) FROM figures)
        AND calendar_date < (SELECT max(known_from) FROM dwd.dwd_macro_observation)
),
asked AS (
    SELECT days.as_of_date, components.module, components.component, components.series, components.stale_days
    FROM days
    CROSS JOIN components
),
told AS (
    SELECT
        asked.*,
        newest.available_date,
        newest.newest_period,
        newest.series IS NOT NULL AND asked.as_of_date - newest.newest_period <= asked.stale_days AS is_there
    FROM asked
    ASOF LEFT JOIN newest ON newest.series = asked.series AND newest.available_date <= asked.as_of_date
),
known AS (
    SELECT
        as_of_date,
        module,
        component,
        bool_or(is_there) AS is_there,
        bool_or(newest_period IS NOT NULL) AND NOT bool_or(is_there) AS is_stale,
        max(available_date) FILTER (is_there) AS available_date,
        list({ 'series': series, 'period_end': newest_period } ORDER BY series) FILTER (is_there) AS figures
    FROM told
    GROUP BY as_of_date, module, component
),
counted AS (
    SELECT
        as_of_date,
        module,
        count(*) AS expected,
        count(*) FILTER (is_there) AS present,
        max(available_date) AS available_date,
        to_json({
            'expected_components': list(component ORDER BY component),
            'available_components': coalesce(list(component ORDER BY component) FILTER (is_there), []),
            'missing_components': coalesce(list(component ORDER BY component) FILTER (NOT is_there), []),
            'stale_components': coalesce(list(component ORDER BY component) FILTER (is_stale), []),
            'available_series': coalesce(flatten(list(figures ORDER BY component) FILTER (is_there)), [])
        })::VARCHAR AS payload
    FROM known
    GROUP BY as_of_date, module
),
judged AS (
    SELECT
        as_of_date,
        module,
        CASE
            WHEN present = 0 THEN 'missing'
            WHEN present >= (CASE module WHEN 'macro.us_rates' THEN 4 ELSE 2 END) THEN 'complete'
            ELSE 'partial'
        END AS status,
        present / expected AS coverage_ratio,
        available_date,
        payload
    FROM counted
),
across AS (
    SELECT
        china.as_of_date,
        'macro.cross_market' AS module,
        CASE
            WHEN china.status = 'complete' AND usa.status = 'complete' THEN 'complete'
            WHEN china.status = 'missing' AND usa.status = 'missing' THEN 'missing'
            ELSE 'partial'
        END AS status,
        ((china.status <> 'missing')::INTEGER + (usa.status <> 'missing')::INTEGER) / 2 AS coverage_ratio,
        greatest(china.available_date, usa.available_date) AS available_date,
        to_json({ 'cn_growth_status': china.status, 'us_rates_status': usa.status })::VARCHAR AS payload
    FROM judged AS china
    JOIN judged AS usa ON usa.as_of_date = china.as_of_date AND usa.module = 'macro.us_rates'
    WHERE china.module = 'macro.cn_growth_inflation'
)
SELECT as_of_date, module, status, coverage_ratio, available_date, payload FROM judged
UNION ALL
SELECT as_of_date, module, status, coverage_ratio, available_date, payload FROM across
ORDER BY as_of_date, module
