using System.Text.Json;

namespace Tidemark.Ingest.Running;

/// <summary>A derived table or day that could not be built.</summary>
/// <param name="Table">Layer and name; null for the warehouse as a whole.</param>
/// <param name="Day">The day; null for the table as a whole.</param>
/// <param name="Code">The error's code; null where a table that it reads has failed.</param>
/// <param name="Message">What failed, where, and what to do.</param>
public sealed record UnderivedTable(string? Table, DateOnly? Day, string? Code, string Message);

/// <summary>What was made of runs' tables once they were settled, as the runs' rows keep it.</summary>
/// <param name="Status"><c>built</c>, <c>not_whole</c>, <c>stopped</c>, <c>left</c> (no build took place) or <c>off</c>
/// (none was wanted).</param>
/// <param name="Tables">How many tables were built.</param>
/// <param name="Failed">What was not.</param>
public sealed record DerivedTables(string Status, int Tables, IReadOnlyList<UnderivedTable> Failed)
{
    /// <summary>This many failures are named one by one; the rest is only counted.</summary>
    private const int FailuresNamed = 10;

    internal string ToJson() =>
        JsonSerializer.Serialize(
            new
            {
                status = Status,
                tables = Tables,
                failed = Failed.Count,
                failures = Failed
                    .Take(FailuresNamed)
                    .Select(f => new
                    {
                        table = f.Table,
                        day = f.Day,
                        code = f.Code,
                        message = f.Message,
                    }),
            }
        );
}
