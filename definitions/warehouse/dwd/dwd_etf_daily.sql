/*
partition: dt
key: [symbol]
mode: range
calendar: XSHG
reach: # only bars make a day; one trading day is the day itself
  ods.ods_fund_daily: day
  ods.ods_fund_adj: 1 trading days
  ods.ods_stk_limit: 1 trading days
  ods.ods_fund_share: 1 trading days
  ods.ods_etf_share_size: 1 trading days
  dim.dim_instrument_status: valid
description: "One row an exchange-traded fund (ETF, LOF, REIT …) and trading day in base units: prices raw and adjusted backward, limits, amount, units outstanding, net asset value."
columns:
  kind:
    about: etf or fund, as in dim_instrument; null where no list of funds has it on the day
  name:
    about: The short name of the day; null where none is known
  open: { unit: CNY }
  high: { unit: CNY }
  low: { unit: CNY }
  close: { unit: CNY }
  pre_close:
    unit: CNY
    about: "The exchange's reference price: the close before, after distributions and splits"
  adj_factor:
    unit: times
    about: The vendor's factor for backward adjustment
  open_hfq: { unit: CNY, about: open × adj_factor }
  high_hfq: { unit: CNY, about: high × adj_factor }
  low_hfq: { unit: CNY, about: low × adj_factor }
  close_hfq:
    unit: CNY
    about: "close × adj_factor: adjusted backward (后复权)"
  up_limit: { unit: CNY, about: Highest price that is allowed (涨停价) }
  down_limit: { unit: CNY, about: Lowest price that is allowed (跌停价) }
  is_at_limit_up: { about: It closed at up_limit; null where the limit is not known }
  is_at_limit_down: { about: It closed at down_limit; null where the limit is not known }
  is_locked_at_limit: { about: All trades of the day were at one of its limits }
  change_ratio:
    unit: fraction
    about: The vendor's change against pre_close (涨跌幅)
  daily_return:
    unit: fraction
    about: "close / pre_close − 1: the return with distributions"
  volume_units:
    unit: fund unit
    about: Fund units traded (成交量)
  amount_cny:
    unit: CNY
    about: Value traded (成交额)
  vwap:
    unit: CNY
    about: amount_cny / volume_units
  fund_units:
    unit: fund unit
    about: Units outstanding (份额)
  fund_size:
    unit: CNY
    about: Size of the fund (规模)
  nav:
    unit: CNY
    about: Net asset value a unit
  premium_ratio:
    unit: fraction
    about: "close / nav − 1 (溢价率)"
  turnover_ratio:
    unit: fraction
    about: volume_units / fund_units (换手率)
  days_since_listing:
    unit: day
    about: Calendar days since the first day of listing, which is 0
*/
-- Rows: every bar of the day. Units and net asset value come the next morning: the day is built again then.
-- Units outstanding are those of etf_share_size, and of fund_share where that has none.
-- Forward-adjusted prices (_qfq) are derived when read: dwd.dwd_etf_daily_qfq('2024-03-29') of the catalog.
-- Hands are 100 units, amounts thousand CNY, units and sizes 10,000, percent hundredths.
WITH bars AS (
    SELECT * FROM ods.ods_fund_daily WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
),
factors AS (
    SELECT dt, ts_code, adj_factor FROM ods.ods_fund_adj WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
),
limits AS (
    SELECT dt, ts_code, up_limit, down_limit FROM ods.ods_stk_limit WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
),
shares AS (
    SELECT dt, ts_code, fd_share FROM ods.ods_fund_share WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
),
sizes AS (
    SELECT dt, ts_code, total_share, total_size, nav FROM ods.ods_etf_share_size WHERE dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
)
SELECT
    bars.ts_code AS symbol,
    bars.dt,
    bars.dt AS trade_date,
    status.kind,
    status.name,
    bars.open,
    bars.high,
    bars.low,
    bars.close,
    bars.pre_close,
    factors.adj_factor,
    bars.open * factors.adj_factor AS open_hfq,
    bars.high * factors.adj_factor AS high_hfq,
    bars.low * factors.adj_factor AS low_hfq,
    bars.close * factors.adj_factor AS close_hfq,
    limits.up_limit,
    limits.down_limit,
    CASE WHEN bars.vol > 0 THEN bars.close >= limits.up_limit - 0.0005 END AS is_at_limit_up,
    CASE WHEN bars.vol > 0 THEN bars.close <= limits.down_limit + 0.0005 END AS is_at_limit_down,
    CASE
        WHEN bars.vol > 0 THEN bars.low >= limits.up_limit - 0.0005 OR bars.high <= limits.down_limit + 0.0005
    END AS is_locked_at_limit,
    bars.pct_chg / 100 AS change_ratio,
    bars.close / nullif(bars.pre_close, 0) - 1 AS daily_return,
    round(bars.vol * 100)::BIGINT AS volume_units,
    round(bars.amount * 1000, 2) AS amount_cny,
    bars.amount * 1000 / nullif(bars.vol * 100, 0) AS vwap,
    round(coalesce(sizes.total_share, shares.fd_share) * 10000)::BIGINT AS fund_units,
    round(sizes.total_size * 10000, 2) AS fund_size,
    sizes.nav,
    bars.close / nullif(sizes.nav, 0) - 1 AS premium_ratio,
    bars.vol * 100 / nullif(coalesce(sizes.total_share, shares.fd_share) * 10000, 0) AS turnover_ratio,
    CAST(bars.dt - status.list_date AS INTEGER) AS days_since_listing
FROM bars
LEFT JOIN factors ON factors.dt = bars.dt AND factors.ts_code = bars.ts_code
LEFT JOIN limits ON limits.dt = bars.dt AND limits.ts_code = bars.ts_code
LEFT JOIN shares ON shares.dt = bars.dt AND shares.ts_code = bars.ts_code
LEFT JOIN sizes ON sizes.dt = bars.dt AND sizes.ts_code = bars.ts_code
LEFT JOIN dim.dim_instrument_status AS status
    ON status.code = bars.ts_code
    AND bars.dt >= status.valid_from
    AND bars.dt <= coalesce(status.valid_to, DATE '9999-12-31')
ORDER BY bars.dt, bars.ts_code
