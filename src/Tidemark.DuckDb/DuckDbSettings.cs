namespace Tidemark.DuckDb;

/// <summary>How much of the machine a database may use. Values are DuckDB's own (<c>SET name = value</c>).</summary>
/// <param name="Threads">Worker threads; 0 means one per core.</param>
/// <param name="MemoryLimit">For example <c>70%</c> or <c>512MB</c>; null keeps DuckDB's default (80 %).</param>
/// <param name="TempDirectory">Where larger-than-memory operators spill; null means nowhere outside memory.</param>
/// <param name="ReadOnly">Opens an existing file without taking its write lock.</param>
public sealed record DuckDbSettings(
    int Threads = 0,
    string? MemoryLimit = null,
    string? TempDirectory = null,
    bool ReadOnly = false
)
{
    internal IEnumerable<(string Name, string Value)> Options()
    {
        if (Threads > 0)
        {
            yield return ("threads", Threads.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        if (MemoryLimit is not null && !MemoryLimit.EndsWith('%'))
        {
            yield return ("memory_limit", MemoryLimit);
        }

        if (TempDirectory is not null)
        {
            yield return ("temp_directory", TempDirectory);
        }

        yield return ("access_mode", ReadOnly ? "READ_ONLY" : "AUTOMATIC");

        // Nothing may be fetched at run time: what Tidemark needs (parquet, json, icu) is linked in.
        yield return ("autoinstall_known_extensions", "false");
        yield return ("autoload_known_extensions", "false");
    }
}
