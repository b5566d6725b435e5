-- needs: dwd.dwd_etf_daily(symbol, dt, adj_factor, open, high, low, close, pre_close)
-- Forward-adjusted prices (前复权) of exchange-traded funds as of an anchor day: prices of that day stand as they were, earlier ones are made comparable with them.
-- They change with every distribution, so they are not stored: SELECT symbol, dt, close_qfq FROM dwd.dwd_etf_daily_qfq('2024-03-29').
-- Days after the anchor are left out: nobody knew their distributions then. A fund's anchor is its last factor until that day.
CREATE MACRO dwd.dwd_etf_daily_qfq(anchor) AS TABLE
SELECT
    bars.symbol,
    bars.dt,
    bars.open * bars.adj_factor / anchors.factor AS open_qfq,
    bars.high * bars.adj_factor / anchors.factor AS high_qfq,
    bars.low * bars.adj_factor / anchors.factor AS low_qfq,
    bars.close * bars.adj_factor / anchors.factor AS close_qfq,
    bars.pre_close * bars.adj_factor / anchors.factor AS pre_close_qfq,
    bars.close,
    anchors.anchor_date
FROM dwd.dwd_etf_daily AS bars
JOIN (
    SELECT symbol, arg_max(adj_factor, dt) AS factor, max(dt) FILTER (adj_factor IS NOT NULL) AS anchor_date
    FROM dwd.dwd_etf_daily
    WHERE dt <= CAST(anchor AS DATE)
    GROUP BY symbol
) AS anchors ON anchors.symbol = bars.symbol
WHERE bars.dt <= CAST(anchor AS DATE);
