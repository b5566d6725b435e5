using System.Globalization;
using System.Text.Json;

namespace Tidemark.Ingest.Tests.Simulation;

/// <summary>What one entry of a table's log says, as it lies in the store.</summary>
internal sealed record SimulatedEntry(
    string Table,
    long Version,
    DateTimeOffset At,
    (string AppId, long Epoch, long TakenAt)? Fence,
    IReadOnlyList<(string Path, string Unit, string Content)> Added,
    IReadOnlyList<string> Removed
)
{
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Table} {Version} {At:u} {Fence?.Epoch} {string.Join(' ', Added.Select(a => a.Unit))} -{Removed.Count}"
        );
}

/// <summary>The logs of all tables of a lake, read without the product's own reader.</summary>
internal static class SimulatedLogs
{
    private const string Folder = "_delta_log";

    /// <summary>All entries, by table and version.</summary>
    public static IReadOnlyList<SimulatedEntry> Read(string lake) =>
        [
            .. Directory
                .EnumerateDirectories(lake, Folder, SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .SelectMany(folder =>
                    Directory
                        .EnumerateFiles(folder, "*.json")
                        .Order(StringComparer.Ordinal)
                        .Select(file => Entry(Path.GetRelativePath(lake, Path.GetDirectoryName(folder)!), file))
                ),
        ];

    private static SimulatedEntry Entry(string table, string file)
    {
        var at = default(DateTimeOffset);
        (string, long, long)? fence = null;
        var added = new List<(string, string, string)>();
        var removed = new List<string>();
        foreach (var line in File.ReadLines(file))
        {
            using var json = JsonDocument.Parse(line);
            var action = json.RootElement.EnumerateObject().First();
            switch (action.Name)
            {
                case "commitInfo":
                    at = DateTimeOffset.FromUnixTimeMilliseconds(action.Value.GetProperty("timestamp").GetInt64());
                    break;
                case "txn" when Text(action.Value, "appId").StartsWith("tidemark/", StringComparison.Ordinal):
                    fence = (
                        Text(action.Value, "appId"),
                        action.Value.GetProperty("version").GetInt64(),
                        action.Value.GetProperty("lastUpdated").GetInt64()
                    );
                    break;
                case "add" when action.Value.TryGetProperty("tags", out var tags) && tags.TryGetProperty("unit", out _):
                    added.Add((Text(action.Value, "path"), Text(tags, "unit"), Text(tags, "sha256")));
                    break;
                case "remove":
                    removed.Add(Text(action.Value, "path"));
                    break;
            }
        }

        var version = long.Parse(Path.GetFileNameWithoutExtension(file), CultureInfo.InvariantCulture);
        return new SimulatedEntry(table, version, at, fence, added, removed);
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;
}
