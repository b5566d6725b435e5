using System.Globalization;
using System.Text.Json;
using Tidemark.DuckDb;

namespace Tidemark.Ingest.Tests.Support;

/// <summary>
/// The rows of a lake's tables, read without the product: log entries as JSON, every live file by itself from a copy
/// with an ordinary name.
/// </summary>
internal sealed class NaiveLake(string folder, DuckDbConnection engine, string scratch)
{
    private readonly Dictionary<(string File, string Columns), object?[][]> _read = [];

    /// <summary>The rows of a table of layer ods, each with the day of its file.</summary>
    /// <param name="table">Its name.</param>
    /// <param name="columns">What to select of each row.</param>
    public List<(DateOnly Day, object?[] Values)> Rows(string table, string columns)
    {
        var rows = new List<(DateOnly, object?[])>();
        foreach (var (path, dt) in Live(Path.Combine(folder, "ods", table)))
        {
            var day = DateOnly.ParseExact(dt!, "yyyy-MM-dd", CultureInfo.InvariantCulture);
            rows.AddRange(Read(Path.Combine(folder, "ods", table, path), columns).Select(values => (day, values)));
        }

        return rows;
    }

    /// <summary>Live files of any table that are not on the disk.</summary>
    public string[] Lost() =>
        [
            .. Directory
                .GetDirectories(folder)
                .Where(layer => Path.GetFileName(layer) is not ("_staging" or "raw"))
                .SelectMany(Directory.GetDirectories)
                .SelectMany(table => Live(table).Keys.Select(path => Path.Combine(table, path)))
                .Where(file => !File.Exists(file)),
        ];

    /// <summary>
    /// Dates what was written since the last time at the clock of a test. By itself it has the machine's time, years
    /// ahead of that clock: a vacuum would find nothing that is old enough.
    /// </summary>
    public void DateAt(DateTimeOffset now)
    {
        var each = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        foreach (var file in Directory.EnumerateFiles(folder, "*", each))
        {
            if (File.GetLastWriteTimeUtc(file) > now.UtcDateTime)
            {
                File.SetLastWriteTimeUtc(file, now.UtcDateTime);
            }
        }
    }

    /// <summary>The log entries of a table, oldest first.</summary>
    public static string[] Entries(string table) =>
        Directory.Exists(Path.Combine(table, "_delta_log"))
            ?
            [
                .. Directory
                    .GetFiles(Path.Combine(table, "_delta_log"), "*.json")
                    .Where(f => Path.GetFileName(f).Length == 25)
                    .Order(StringComparer.Ordinal),
            ]
            : [];

    /// <summary>The live files by path, with their day.</summary>
    private static Dictionary<string, string?> Live(string table)
    {
        var live = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var line in Entries(table).SelectMany(File.ReadAllLines).Where(l => l.Length > 0))
        {
            var action = JsonDocument.Parse(line).RootElement;
            if (action.TryGetProperty("remove", out var remove))
            {
                live.Remove(Uri.UnescapeDataString(remove.GetProperty("path").GetString()!));
            }

            if (action.TryGetProperty("add", out var add))
            {
                live[Uri.UnescapeDataString(add.GetProperty("path").GetString()!)] = add.GetProperty("partitionValues")
                    .TryGetProperty("dt", out var dt)
                    ? dt.GetString()
                    : null;
            }
        }

        return live;
    }

    // Files never change, so one look is enough.
    private object?[][] Read(string file, string columns)
    {
        if (!_read.TryGetValue((file, columns), out var rows) && File.Exists(file))
        {
            // A name of its own: the engine remembers what stood under a path.
            var copy = Path.Combine(scratch, $"copy-{_read.Count}.parquet");
            File.Copy(file, copy);
            using var result = engine.Query(
                $"SELECT {columns} FROM read_parquet({DuckDbSql.Literal(copy)}, hive_partitioning = false)"
            );
            _read[(file, columns)] = rows = [.. result.Rows().Select(r => r.ToArray())];
        }

        return rows ?? [];
    }
}
