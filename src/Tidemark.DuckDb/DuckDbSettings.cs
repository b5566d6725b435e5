using System.Globalization;

namespace Tidemark.DuckDb;

/// <summary>How much of the machine a database may use. Values are DuckDB's own (<c>SET name = value</c>).</summary>
/// <param name="Threads">Worker threads; 0 means one per core.</param>
/// <param name="MemoryLimit">For example <c>70%</c> or <c>512MB</c>; null keeps DuckDB's default (80 %).</param>
/// <param name="TempDirectory">Where larger-than-memory operators spill; null means nowhere outside memory.</param>
/// <param name="SpillLimit">
/// The most that it may spill, for example <c>16GiB</c>; null keeps DuckDB's default (90 % of the free disk).
/// </param>
/// <param name="ReadOnly">Opens an existing file without taking its write lock.</param>
public sealed record DuckDbSettings(
    int Threads = 0,
    string? MemoryLimit = null,
    string? TempDirectory = null,
    string? SpillLimit = null,
    bool ReadOnly = false
)
{
    internal IEnumerable<(string Name, string Value)> Options()
    {
        if (Threads > 0)
        {
            yield return ("threads", Threads.ToString(CultureInfo.InvariantCulture));
        }

        if (MemoryLimit is not null)
        {
            yield return ("memory_limit", MemoryLimitInUnits(MemoryLimit));
        }

        // By default DuckDB would spill into the user's current folder.
        yield return ("temp_directory", TempDirectory ?? "");

        if (SpillLimit is not null)
        {
            yield return ("max_temp_directory_size", SpillLimit);
        }

        yield return ("access_mode", ReadOnly ? "READ_ONLY" : "AUTOMATIC");

        // Nothing may be fetched at run time: the extensions that Tidemark needs (parquet, json, icu) are linked in.
        yield return ("autoinstall_known_extensions", "false");
        yield return ("autoload_known_extensions", "false");
    }

    // DuckDB knows units only. A share is of the memory that this process may use: the container's limit, if there is
    // one.
    private static string MemoryLimitInUnits(string limit)
    {
        if (!limit.EndsWith('%'))
        {
            return limit;
        }

        if (
            !double.TryParse(limit[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var share)
            || share is not (> 0 and <= 100)
        )
        {
            throw new DuckDbException(
                $"'{limit}' is no memory limit: expected a share like 70% or an amount like 512MB"
            );
        }

        var bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * share / 100;
        return string.Create(CultureInfo.InvariantCulture, $"{(long)bytes / 1024}KiB");
    }
}
