-- duckdb tidemark-demo/catalog.duckdb -readonly -f samples/duckdb/most-traded.sql
-- The ten stocks with the largest value traded on the newest day, and how they did over the days before it.
WITH newest AS (SELECT max(dt) AS dt FROM dwd.dwd_stock_daily),
     top AS (
         SELECT symbol, amount_cny FROM dwd.dwd_stock_daily
         WHERE dt = (SELECT dt FROM newest) ORDER BY amount_cny DESC LIMIT 10
     )
SELECT symbol, count(*) AS days, round(100 * (last(close_hfq ORDER BY dt) / first(close_hfq ORDER BY dt) - 1), 2) AS change_pct
FROM dwd.dwd_stock_daily JOIN top USING (symbol)
GROUP BY symbol ORDER BY change_pct DESC;
