using Tidemark.Definitions.Yaml;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Project;

/// <summary>
/// Orders tables after the tables that they read. Among those that are ready the smallest layer and name comes first,
/// so the order never varies.
/// </summary>
internal static class TableOrder
{
    public static List<ParsedTable> Sort(IReadOnlyList<ParsedTable> tables, YamlProblems problems)
    {
        var open = new SortedDictionary<(int Layer, string Name), ParsedTable>();
        foreach (var table in tables)
        {
            open[(TableLayers.All.ToList().IndexOf(table.Id.Layer), table.Id.Name)] = table;
        }

        var sorted = new List<ParsedTable>(tables.Count);
        while (open.Count > 0)
        {
            var waiting = open.Values.Select(t => t.Id).ToHashSet();
            var ready = open.FirstOrDefault(t => !t.Value.Inputs.Keys.Any(waiting.Contains));
            if (ready.Value is null)
            {
                ReportCycle([.. open.Values], problems);
                break;
            }

            sorted.Add(ready.Value);
            open.Remove(ready.Key);
        }

        return sorted;
    }

    private static void ReportCycle(IReadOnlyList<ParsedTable> waiting, YamlProblems problems)
    {
        // Every table here waits for another one here, so following them must return to one already seen.
        var byId = waiting.ToDictionary(t => t.Id);
        var path = new List<TableId> { waiting[0].Id };
        while (true)
        {
            var next = byId[path[^1]].Inputs.Keys.Where(byId.ContainsKey).Min()!;
            var start = path.IndexOf(next);
            path.Add(next);
            if (start >= 0)
            {
                var cycle = path[start..];
                var table = byId[cycle[0]];
                var reference = table.References.First(r => r.Name == cycle[1].Name || r.Name == cycle[1].Name + "_dt");
                problems.Add(
                    table.At(reference.Position),
                    $"tables that wait for each other: {string.Join(" → ", cycle)}"
                );
                return;
            }
        }
    }
}
