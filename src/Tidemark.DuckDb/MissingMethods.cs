using System.Runtime.InteropServices;
using DuckDB.NET.Native;

namespace Tidemark.DuckDb;

/// <summary>
/// Functions of DuckDB's C API (duckdb.h of 1.5) that Tidemark needs and DuckDB.NET.Bindings does not declare.
/// </summary>
internal static unsafe partial class MissingMethods
{
    private const string Library = "duckdb";

    [LibraryImport(Library, EntryPoint = "duckdb_bind_varchar_length")]
    internal static partial DuckDBState BindVarcharLength(
        DuckDBPreparedStatement statement,
        ulong index,
        byte* value,
        ulong length
    );

    // Crashes the process for a statement that was not prepared: a DuckDbStatement exists only for prepared ones.
    [LibraryImport(Library, EntryPoint = "duckdb_prepared_statement_type")]
    internal static partial int PreparedStatementType(DuckDBPreparedStatement statement);

    [LibraryImport(Library, EntryPoint = "duckdb_prepared_statement_column_count")]
    internal static partial ulong PreparedColumnCount(DuckDBPreparedStatement statement);

    /// <summary>The caller frees the text.</summary>
    [LibraryImport(Library, EntryPoint = "duckdb_prepared_statement_column_name")]
    internal static partial IntPtr PreparedColumnName(DuckDBPreparedStatement statement, ulong column);

    [LibraryImport(Library, EntryPoint = "duckdb_prepared_statement_column_logical_type")]
    internal static partial DuckDBLogicalType PreparedColumnType(DuckDBPreparedStatement statement, ulong column);

    [LibraryImport(Library, EntryPoint = "duckdb_init_set_max_threads")]
    internal static partial void InitSetMaxThreads(IntPtr info, ulong threads);
}
