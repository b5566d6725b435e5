"""Closing prices of a stock as a data frame, from the Delta table.

    pip install polars deltalake
    python samples/python/prices.py tidemark-demo 600519.SH
"""

import sys

import polars as pl

workspace, symbol = sys.argv[1:3]
prices = (
    pl.scan_delta(f"{workspace}/lake/dwd/dwd_stock_daily")
    .filter(pl.col("symbol") == symbol)
    .select("trade_date", "close", "close_hfq", "amount_cny")
    .sort("trade_date")
    .collect()
)
print(prices)
