/*
partition: none
key: [exchange, calendar_date]
description: Every calendar day of an exchange, as the vendor's newest calendar has it, with what it is the last trading day of.
*/
-- exchange is the code of the calendars and of dim_instrument (XSHG, not the vendor's SSE); the vendor's word where it is none that we know.
-- day_of_week is ISO: Monday 1 … Sunday 7. The flags speak of trading days, not of calendar ends: the last one of a period whose end the calendar
-- does not reach yet is not known, and null. A calendar ends before the days that no exchange can have, as it does for runs (docs/formats/calendar.md):
-- neither open nor closed, or closed for more than 20 days in a row after an open one.
WITH days AS (
    SELECT
        coalesce(${EXCHANGE_OF_VENDOR}[exchange], exchange) AS exchange,
        cal_date AS calendar_date,
        CASE is_open WHEN 1 THEN true WHEN 0 THEN false END AS is_open,
        pretrade_date AS previous_trading_day
    FROM ods.ods_trade_cal
    QUALIFY row_number() OVER (PARTITION BY ods_trade_cal.exchange, cal_date ORDER BY dt DESC) = 1
),
open_days AS (
    SELECT
        *,
        max(calendar_date) FILTER (is_open) OVER (PARTITION BY exchange ORDER BY calendar_date) AS last_open,
        count(*) FILTER (is_open) OVER (PARTITION BY exchange) = 0 AND count(*) OVER (PARTITION BY exchange) > 20 AS is_never_open
    FROM days
),
ends AS (
    SELECT exchange, min(CASE WHEN is_open IS NULL OR is_never_open THEN calendar_date ELSE last_open + 1 END) AS first_doubtful
    FROM open_days
    WHERE is_open IS NULL OR is_never_open OR calendar_date - last_open > 20
    GROUP BY exchange
),
believed AS (
    SELECT days.* FROM days LEFT JOIN ends USING (exchange) WHERE first_doubtful IS NULL OR calendar_date < first_doubtful
),
periods AS (
    SELECT
        *,
        date_trunc('month', calendar_date)::DATE AS month_start,
        date_trunc('quarter', calendar_date)::DATE AS quarter_start,
        date_trunc('year', calendar_date)::DATE AS year_start,
        max(calendar_date) OVER (PARTITION BY exchange) AS known_until
    FROM believed
),
last_days AS (
    SELECT
        *,
        max(calendar_date) FILTER (is_open) OVER (PARTITION BY exchange, month_start) AS month_last,
        max(calendar_date) FILTER (is_open) OVER (PARTITION BY exchange, quarter_start) AS quarter_last,
        max(calendar_date) FILTER (is_open) OVER (PARTITION BY exchange, year_start) AS year_last
    FROM periods
)
SELECT
    exchange,
    calendar_date,
    is_open,
    previous_trading_day,
    year(calendar_date)::INTEGER AS year,
    quarter(calendar_date)::INTEGER AS quarter,
    month(calendar_date)::INTEGER AS month,
    isodow(calendar_date)::INTEGER AS day_of_week,
    weekofyear(calendar_date)::INTEGER AS week_of_year,
    isodow(calendar_date) <= 5 AS is_weekday,
    CASE
        WHEN calendar_date IS DISTINCT FROM month_last THEN false
        WHEN known_until >= (month_start + INTERVAL 1 MONTH - INTERVAL 1 DAY)::DATE THEN true
    END AS is_last_trading_day_of_month,
    CASE
        WHEN calendar_date IS DISTINCT FROM quarter_last THEN false
        WHEN known_until >= (quarter_start + INTERVAL 3 MONTH - INTERVAL 1 DAY)::DATE THEN true
    END AS is_last_trading_day_of_quarter,
    CASE
        WHEN calendar_date IS DISTINCT FROM year_last THEN false
        WHEN known_until >= (year_start + INTERVAL 1 YEAR - INTERVAL 1 DAY)::DATE THEN true
    END AS is_last_trading_day_of_year
FROM last_days
ORDER BY exchange, calendar_date
