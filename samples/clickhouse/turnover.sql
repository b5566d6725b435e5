-- clickhouse local --query "$(cat samples/clickhouse/turnover.sql)" with the path of your lake
SELECT dt, count() AS stocks, round(sum(amount_cny) / 1e9, 1) AS amount_bn
FROM deltaLakeLocal('/home/me/market/lake/dwd/dwd_stock_daily')
GROUP BY dt
ORDER BY dt;
