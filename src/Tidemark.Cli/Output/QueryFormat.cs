namespace Tidemark.Cli.Output;

/// <summary>The format of a query's rows.</summary>
internal enum QueryFormat
{
    Table,
    Csv,
    Json,
    Parquet,
}
