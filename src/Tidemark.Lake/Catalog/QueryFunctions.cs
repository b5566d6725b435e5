namespace Tidemark.Lake.Catalog;

/// <summary>
/// Which of the engine's functions a query may call. Table functions are allowed by name: some that a SELECT can call
/// write (<c>enable_logging</c>, <c>checkpoint</c>), and the next version of the engine may bring more. A test goes
/// through all that the engine has.
/// </summary>
public static class QueryFunctions
{
    /// <summary>
    /// Functions that make rows out of their arguments, describe the engine and the catalog, or read files, which the
    /// fence limits to the lake.
    /// </summary>
    public static IReadOnlySet<string> AllowedTableFunctions { get; } =
        Set(
            // These make rows out of their arguments.
            "range generate_series unnest repeat repeat_row json_each json_tree test_all_types test_vector_types summary",
            // These describe the engine and the catalog.
            "duckdb_approx_database_count duckdb_columns duckdb_connection_count duckdb_constraints duckdb_coordinate_systems duckdb_databases",
            "duckdb_dependencies duckdb_extensions duckdb_external_file_cache duckdb_functions duckdb_indexes duckdb_keywords duckdb_memory",
            "duckdb_optimizers duckdb_schemas duckdb_sequences duckdb_settings duckdb_table_sample duckdb_tables duckdb_temporary_files",
            "duckdb_types duckdb_variables duckdb_views icu_calendar_names pg_timezone_names pragma_collations pragma_database_size",
            "pragma_metadata_info pragma_platform pragma_show pragma_storage_info pragma_table_info pragma_user_agent pragma_version",
            // These read files below the lake.
            "glob parquet_bloom_probe parquet_file_metadata parquet_full_metadata parquet_kv_metadata parquet_metadata parquet_scan parquet_schema",
            "read_blob read_csv read_csv_auto read_json read_json_auto read_json_objects read_json_objects_auto read_ndjson read_ndjson_auto",
            "read_ndjson_objects read_parquet read_text sniff_csv"
        );

    /// <summary>All other functions that the engine has. A function in neither list is refused, too.</summary>
    public static IReadOnlySet<string> RefusedTableFunctions { get; } =
        Set(
            // These write files or settings, or end what others rely on.
            "checkpoint force_checkpoint enable_logging disable_logging truncate_duckdb_logs enable_profiling disable_profiling enable_peg_parser",
            "disable_peg_parser check_peg_parser",
            // These run or complete a text that nobody judged, or read what a text names (the two macros call
            // query_table).
            "histogram histogram_values query query_table json_execute_serialized_sql sql_auto_complete duckdb_prepared_statements",
            // These read memory, other databases, secrets and logs.
            "arrow_scan arrow_scan_dumb seq_scan read_duckdb duckdb_secrets duckdb_secret_types which_secret duckdb_logs duckdb_log_contexts",
            "duckdb_logs_parsed duckdb_profiling_settings"
        );

    /// <summary>The engine's own views over functions that are refused; a test goes through all.</summary>
    public static IReadOnlySet<string> RefusedViews { get; } = Set("duckdb_logs pg_prepared_statements");

    /// <summary>Functions that a definition may call: they make rows out of their arguments and read nothing.</summary>
    public static IReadOnlySet<string> PureTableFunctions { get; } =
        Set("range generate_series unnest repeat repeat_row json_each json_tree");

    /// <summary>
    /// Scalar functions that do more than give a value: they write a log, move a sequence or the seed, wait, or plan a
    /// text that nobody judged.
    /// </summary>
    public static IReadOnlySet<string> RefusedFunctions { get; } =
        Set(
            "write_log nextval currval setseed sleep_ms pg_sleep json_serialize_plan json_execute_serialized_sql getenv getvariable stats set_config",
            "query query_table checkpoint force_checkpoint enable_logging disable_logging"
        );

    private static HashSet<string> Set(params string[] names) =>
        new(names.SelectMany(n => n.Split(' ')), StringComparer.OrdinalIgnoreCase);
}
