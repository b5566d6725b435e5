/*
partition: none
key: [series, period_end, revision]
description: "Macro figures of China and the USA in both times: the period that a value is about, and the day from which it was known. A revised figure is a further row."
columns:
  series:
    about: "Dataset and column: cn_cpi.nt_yoy, us_tycr.y10; of other vendors than Tushare with the vendor: file.my_index.value. Each tenor of a rate is a series"
  region: { about: "CN or US; null for a dataset whose publication is not known here" }
  topic: { about: "growth_inflation, liquidity_rate, liquidity_credit, us_rates" }
  frequency: { about: "D, M or Q: a figure a day, month or quarter" }
  period_end:
    about: "The last day of what the figure is about; of a rate its day"
  revision:
    about: "1 is the first value that the lake had, each later value one more"
  value: { about: "As the vendor sent it, in the unit beside it" }
  unit: { about: "% a year, %, index, 100 million CNY …" }
  released_at:
    about: "When it was published: by the rule below, or when the lake had it if that is earlier. A revision when the lake had it"
  available_date:
    about: "The first trading day of Shanghai at whose end the figure was known with the safety lag. Null where the calendar does not reach: it is not served"
  is_backfilled:
    about: "The lake had the value only after available_date, so it may be a later one than was known on that day"
  known_from:
    about: "The day on which the lake had the value"
*/
-- A vendor has the present value of a figure alone, and not when it was published. ods_macro_vintage keeps each value with the moment at which the lake had it.
-- The first value of a period counts as published at its day and time by the rule of its dataset: so long after the period's end that publications are
-- hardly ever later (GDP 30 days, prices and money 18, purchasing managers 2: estimates, no calendar of releases is at hand), Shibor and LPR on their day, US rates at 7:00 of the next one.
-- Then the safety lag, 12 hours (18 for US rates), and the next open day on or after it. Days are never put back: where no open day is known, there is none.
-- What is asked for after a publication has the value of its last revision: is_backfilled says so. Only a lake that fetched it at the time knows better.
WITH rules AS (
    SELECT *
    FROM (
        VALUES
            ('tushare.cn_gdp', 'CN', 'growth_inflation', 'Q', 30, 10.0, 12),
            ('tushare.cn_cpi', 'CN', 'growth_inflation', 'M', 18, 9.5, 12),
            ('tushare.cn_ppi', 'CN', 'growth_inflation', 'M', 18, 9.5, 12),
            ('tushare.cn_pmi', 'CN', 'growth_inflation', 'M', 2, 9.5, 12),
            ('tushare.cn_m', 'CN', 'liquidity_credit', 'M', 18, 17.0, 12),
            ('tushare.sf_month', 'CN', 'liquidity_credit', 'M', 18, 17.0, 12),
            ('tushare.shibor', 'CN', 'liquidity_rate', 'D', 0, 11.5, 12),
            ('tushare.shibor_lpr', 'CN', 'liquidity_rate', 'M', 0, 11.5, 12),
            ('tushare.us_tycr', 'US', 'us_rates', 'D', 1, 7.0, 18),
            ('tushare.us_trycr', 'US', 'us_rates', 'D', 1, 7.0, 18),
            ('tushare.us_tbr', 'US', 'us_rates', 'D', 1, 7.0, 18),
            ('tushare.us_tltr', 'US', 'us_rates', 'D', 1, 7.0, 18),
            ('tushare.us_trltr', 'US', 'us_rates', 'D', 1, 7.0, 18)
    ) AS v(dataset, region, topic, frequency, days_later, hour_of_day, lag_hours)
),
-- Seconds since 1970 in UTC. Shanghai is 8 hours ahead.
vintages AS (
    SELECT
        *,
        epoch_us(seen_at) / 1000000 AS seen,
        row_number() OVER (PARTITION BY dataset, field, period ORDER BY seen_at) AS revision
    FROM ods.ods_macro_vintage
),
published AS (
    SELECT
        -- Tushare's without the vendor; others' in full, so that no two datasets share a series.
        CASE
            WHEN starts_with(vintages.dataset, 'tushare.') THEN split_part(vintages.dataset, '.', 2)
            ELSE vintages.dataset
        END || '.' || vintages.field AS series,
        rules.region,
        rules.topic,
        rules.frequency,
        vintages.period AS period_end,
        CAST(vintages.revision AS INTEGER) AS revision,
        vintages.value,
        vintages.unit,
        vintages.dt AS known_from,
        CASE
            WHEN vintages.revision = 1
                THEN least(
                    vintages.seen, epoch((vintages.period + rules.days_later)::TIMESTAMP) + (rules.hour_of_day - 8) * 3600
                )
            ELSE vintages.seen
        END AS released,
        coalesce(rules.lag_hours, 12) AS lag_hours
    FROM vintages
    LEFT JOIN rules ON rules.dataset = vintages.dataset
),
ready AS (
    SELECT *, make_timestamp(CAST((released + (lag_hours + 8) * 3600) * 1000000 AS BIGINT))::DATE AS ready_on FROM published
),
open_days AS (
    SELECT calendar_date AS open_day FROM dim.dim_trade_calendar WHERE exchange = 'XSHG' AND is_open
)
SELECT
    ready.series,
    ready.region,
    ready.topic,
    ready.frequency,
    ready.period_end,
    ready.revision,
    ready.value,
    ready.unit,
    to_timestamp(ready.released) AS released_at,
    open_days.open_day AS available_date,
    coalesce(ready.revision = 1 AND ready.known_from > open_days.open_day, false) AS is_backfilled,
    ready.known_from
FROM ready
ASOF LEFT JOIN open_days ON ready.ready_on <= open_days.open_day
ORDER BY ready.series, ready.period_end, ready.revision
