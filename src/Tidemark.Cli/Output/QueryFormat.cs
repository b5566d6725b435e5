namespace Tidemark.Cli.Output;

/// <summary>How the rows of a query are written.</summary>
internal enum QueryFormat
{
    Table,
    Csv,
    Json,
    Parquet,
}
