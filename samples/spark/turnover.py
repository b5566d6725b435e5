"""Value traded by day, from the Delta table.

    spark-submit --packages io.delta:delta-spark_2.13:4.0.0 samples/spark/turnover.py /absolute/tidemark-demo
"""

import sys

from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    .getOrCreate()
)
bars = spark.read.format("delta").load(f"{sys.argv[1]}/lake/dwd/dwd_stock_daily")
bars.groupBy("dt").sum("amount_cny").orderBy("dt").show()
