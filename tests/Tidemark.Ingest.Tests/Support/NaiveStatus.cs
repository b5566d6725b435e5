using System.Text.Json;
using Tidemark.Core;
using Tidemark.DuckDb;

namespace Tidemark.Ingest.Tests.Support;

/// <summary>
/// What `status` has to say, worked out cell by cell from the files: log entries read as JSON, every live file read by itself from a copy with
/// an ordinary name. Knows the rig's two checks by heart and shares no code with the product but the engine that reads Parquet.
/// </summary>
internal sealed class NaiveStatus(string lake, DuckDbConnection engine, string scratch)
{
    /// <summary>Live files that are not on the disk.</summary>
    public List<string> Lost { get; } = [];

    /// <summary>Lines like <c>source_pool stock.daily_bars 2024-06-07 complete 38</c>, ordered.</summary>
    public string[] Evaluate(IReadOnlyList<DateOnly> days, IReadOnlySet<string> targets)
    {
        Lost.Clear();
        var lists = Rows("ods_stock_basic", "ts_code::VARCHAR, list_date::DATE, delist_date::DATE");
        var bars = Rows("ods_daily", "ts_code::VARCHAR, close::DOUBLE");
        var halts = Rows("ods_suspend_d", "ts_code::VARCHAR, suspend_type::VARCHAR, suspend_timing::VARCHAR");
        Rows("dim_instrument", "1"); // for what is lost
        var lines = new List<string>();
        // A list that was fetched on a Saturday is that of the Friday; once a later one is there, a day's own cannot be had any more.
        var listDays = lists.Select(r => LastOpenDay(r.Day)).ToHashSet();
        var goneBefore = lists.Select(r => r.Day).Append(days[^1]).Max();
        foreach (var day in days)
        {
            var state =
                listDays.Contains(day) ? "complete"
                : listDays.Count == 0 ? "not_started"
                : day < goneBefore ? "not_applicable"
                : "missing";
            lines.Add($"source_pool stock.list {day.ToIso()} {state} 1");
        }

        var withBars = bars.Where(r => r.Values[1] is not null).Select(r => (r.Day, (string)r.Values[0]!)).ToHashSet();
        var halted = halts
            .Where(r => (string?)r.Values[1] == "S" && string.IsNullOrEmpty((string?)r.Values[2]))
            .Select(r => (r.Day, (string)r.Values[0]!))
            .ToHashSet();
        foreach (var pool in new[] { "source_pool", "target_pool" })
        {
            foreach (var day in days)
            {
                var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
                void Count(string state) => counts[state] = counts.GetValueOrDefault(state) + 1;
                if (lists.Count == 0)
                {
                    Count("not_started"); // nobody knows for whom
                }
                else
                {
                    var newest = lists.Max(r => r.Day);
                    foreach (var symbol in lists.Where(r => r.Day == newest).GroupBy(r => (string)r.Values[0]!))
                    {
                        if (pool == "target_pool" && !targets.Contains(symbol.Key))
                        {
                            continue;
                        }

                        var listed = symbol.Min(r => (DateOnly?)r.Values[1]);
                        var delisted = symbol.Max(r => (DateOnly?)r.Values[2]);
                        if (listed is null || day < listed || day >= delisted)
                        {
                            continue;
                        }

                        Count(
                            withBars.Contains((day, symbol.Key)) ? "complete"
                            : halted.Contains((day, symbol.Key)) ? "not_applicable"
                            : bars.Count == 0 ? "not_started"
                            : "missing"
                        );
                    }
                }

                lines.AddRange(counts.Select(c => $"{pool} stock.daily_bars {day.ToIso()} {c.Key} {c.Value}"));
            }
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }

    /// <summary>The log entries of a table, oldest first.</summary>
    public static string[] Entries(string folder) =>
        Directory.Exists(Path.Combine(folder, "_delta_log"))
            ?
            [
                .. Directory
                    .GetFiles(Path.Combine(folder, "_delta_log"), "*.json")
                    .Where(f => Path.GetFileName(f).Length == 25)
                    .Order(StringComparer.Ordinal),
            ]
            : [];

    private static DateOnly LastOpenDay(DateOnly day)
    {
        while (WatchedMarket.Calendar.OpenDaysBetween(day, day).Length == 0)
        {
            day = day.AddDays(-1);
        }

        return day;
    }

    private List<(DateOnly Day, object?[] Values)> Rows(string table, string columns)
    {
        var folder = Path.Combine(lake, table.StartsWith("dim", StringComparison.Ordinal) ? "dim" : "ods", table);
        var live = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var line in Entries(folder).SelectMany(File.ReadAllLines).Where(l => l.Length > 0))
        {
            var action = JsonDocument.Parse(line).RootElement;
            if (action.TryGetProperty("remove", out var remove))
            {
                live.Remove(remove.GetProperty("path").GetString()!);
            }

            if (action.TryGetProperty("add", out var add))
            {
                live[add.GetProperty("path").GetString()!] = add.GetProperty("partitionValues")
                    .TryGetProperty("dt", out var dt)
                    ? dt.GetString()
                    : null;
            }
        }

        var rows = new List<(DateOnly, object?[])>();
        foreach (var (path, dt) in live)
        {
            var file = Path.Combine(folder, Uri.UnescapeDataString(path));
            if (!File.Exists(file))
            {
                Lost.Add(file);
                continue;
            }

            var copy = Path.Combine(scratch, "one.parquet");
            File.Copy(file, copy, overwrite: true);
            using var result = engine.Query(
                $"SELECT {columns} FROM read_parquet({DuckDbSql.Literal(copy)}, hive_partitioning = false)"
            );
            rows.AddRange(result.Rows().Select(r => (DateOnly.Parse(dt!), r.ToArray())));
        }

        return rows;
    }
}
