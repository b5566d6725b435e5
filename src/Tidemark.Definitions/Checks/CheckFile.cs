using System.Text.RegularExpressions;
using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Checks;

/// <summary>The datasets that a check may name.</summary>
/// <param name="ById">Those that are on or off.</param>
/// <param name="LeftOut">Ids of those whose files have faults.</param>
internal sealed record KnownDatasets(IReadOnlyDictionary<string, DatasetDefinition> ById, IReadOnlySet<string> LeftOut);

/// <summary>One file of <c>definitions/checks</c>.</summary>
internal static partial class CheckFile
{
    private const string Instrument = "instrument";
    private const string Global = "global";

    /// <summary>
    /// The id that a file declares; its name where it declares none, which <see cref="Read"/> then reports.
    /// </summary>
    public static string IdOf(string path)
    {
        if (DefinitionText.TryRead(path, out _) is { } text)
        {
            var root = YamlSection.Parse(path, text, new YamlProblems());
            // Where the file is no YAML its first words may still say whose place it is to take.
            var id = root.Text("check") ?? IdLine().Match(text).Groups["id"].Value;
            if (id.Length > 0)
            {
                return id;
            }
        }

        return Path.GetFileNameWithoutExtension(path);
    }

    /// <summary>
    /// Reads a file; null when it has a fault that leaves nothing to work with. All faults are noted.
    /// </summary>
    public static CheckDefinition? Read(string file, string text, KnownDatasets datasets, YamlProblems problems)
    {
        var before = problems.Items.Count;
        var root = YamlSection.Parse(file, text, problems);
        var reader = new Reader(datasets);
        var entities = reader.Entities(root);
        var required = reader.Required(root, entities);
        var check = new CheckDefinition
        {
            Id = root.RequiredText("check"),
            Title = root.RequiredText("title"),
            File = file,
            InPools = PoolsOf(root),
            Bucket = root.RequiredWord<Bucket>("bucket"),
            Entities = entities,
            Entity = root.Text("entity"),
            EntityType = root.Text("entity_type", entities is null ? Global : Instrument),
            Required = required,
            Values = Reader.Values(root, required),
            Suspensions = reader.Suspensions(root, entities),
        };
        if (root.Has("entities") == root.Has("entity"))
        {
            root.Problem(
                "check",
                "needs either 'entities' (a list of instruments) or 'entity' (the name of the only one)"
            );
        }

        root.RejectUnknownKeys(CheckKeys.Table);
        return problems.Items.Count == before ? check : null;
    }

    private static IReadOnlyList<Pool> PoolsOf(YamlSection root)
    {
        var pools = new List<Pool>();
        foreach (var name in root.RequiredTextList("pools"))
        {
            if (Pools.ByViewName.TryGetValue(name, out var pool))
            {
                pools.Add(pool);
            }
            else
            {
                root.Problem("pools", $"has '{name}', expected {string.Join(" or ", Pools.ByViewName.Keys)}");
            }
        }

        return pools;
    }

    [GeneratedRegex("^check:\\s*(?<id>[a-z0-9_.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex IdLine();

    private sealed class Reader(KnownDatasets datasets)
    {
        public EntitySource? Entities(YamlSection root)
        {
            if (!root.Has("entities"))
            {
                return null;
            }

            var section = root.Section("entities");
            var dataset = Dataset(section, "dataset", section.RequiredText("dataset"));
            var symbol = section.RequiredText("symbol");
            var listed = section.Text("listed");
            var delisted = section.Text("delisted");
            var where = section.Text("where");
            var name = section.Text("name");
            if (dataset is null)
            {
                return null;
            }

            if (name is not null && listed is null)
            {
                section.Problem("name", "tells instruments apart together with 'listed', which is missing");
            }

            Column(section, "name", dataset, name, ColumnKind.Text);
            Column(section, "symbol", dataset, symbol, ColumnKind.Text);
            Column(section, "listed", dataset, listed, ColumnKind.Date);
            Column(section, "delisted", dataset, delisted, ColumnKind.Date);
            return new EntitySource(dataset, symbol, listed, delisted, where, name);
        }

        public IReadOnlyList<DatasetDefinition> Required(YamlSection root, EntitySource? entities)
        {
            var required = new List<DatasetDefinition>();
            foreach (var id in root.RequiredTextList("required"))
            {
                if (Dataset(root, "required", id) is { } dataset)
                {
                    if (dataset.IsWeekly)
                    {
                        root.Problem(
                            "required",
                            $"has {id}, which has rows on one day a week: a check asks for each day"
                        );
                    }

                    required.Add(dataset);
                    Column(root, "required", dataset, entities?.Symbol, ColumnKind.Text);
                }
            }

            if (required.Select(d => d.Calendar).Distinct().Count() > 1)
            {
                root.Problem("required", "has datasets of different calendars; make a check for each");
            }

            if (required.Select(d => d.Grain).Distinct().Count() > 1)
            {
                root.Problem("required", "mixes daily datasets and snapshots; make a check for each");
            }

            return required;
        }

        public static IReadOnlyDictionary<string, IReadOnlyList<string>> Values(
            YamlSection root,
            IReadOnlyList<DatasetDefinition> required
        )
        {
            var values = root.TextListMap("values");
            var named = root.TextList("required") ?? [];
            foreach (var (id, columns) in values)
            {
                if (required.FirstOrDefault(d => d.Id == id) is not { } dataset)
                {
                    if (named.Contains(id))
                    {
                        // It is required, and why it cannot be is told there.
                        continue;
                    }

                    var ids = required.Select(d => d.Id).ToArray();
                    root.Problem("values", $"names '{id}', which 'required' does not{NearestName.Hint(id, ids)}");
                    continue;
                }

                foreach (var column in columns)
                {
                    Column(root, "values", dataset, column, kind: null);
                }
            }

            return values;
        }

        public SuspensionSource? Suspensions(YamlSection root, EntitySource? entities)
        {
            if (!root.Has("suspensions"))
            {
                return null;
            }

            var section = root.Section("suspensions");
            var dataset = Dataset(section, "dataset", section.RequiredText("dataset"));
            var symbol = section.Text("symbol", entities?.Symbol ?? "");
            var where = section.Text("where");
            if (entities is null)
            {
                root.Problem("suspensions", "excuse single entities; this check has none");
            }

            if (dataset is null)
            {
                return null;
            }

            Column(section, "dataset", dataset, symbol, ColumnKind.Text);
            var unless = section.Text("unless") is { } trades ? Dataset(section, "unless", trades) : null;
            if (unless is not null)
            {
                Column(section, "unless", unless, symbol, ColumnKind.Text);
            }

            return new SuspensionSource(dataset, symbol, where, unless);
        }

        private DatasetDefinition? Dataset(YamlSection section, string key, string id)
        {
            if (id.Length == 0)
            {
                return null; // noted already
            }

            if (datasets.ById.TryGetValue(id, out var dataset))
            {
                return dataset;
            }

            if (datasets.LeftOut.Contains(id))
            {
                section.LeftOut(key, id);
                return null;
            }

            section.Problem(key, $"names the unknown dataset '{id}'{NearestName.Hint(id, [.. datasets.ById.Keys])}");
            return null;
        }

        private static void Column(
            YamlSection section,
            string key,
            DatasetDefinition dataset,
            string? name,
            ColumnKind? kind
        )
        {
            if (string.IsNullOrEmpty(name))
            {
                return;
            }

            var column = dataset.Columns.FirstOrDefault(c => c.Name == name);
            if (column is null)
            {
                var names = dataset.Columns.Select(c => c.Name).ToArray();
                section.Problem(key, $"needs a column '{name}' in {dataset.Id}{NearestName.Hint(name, names)}");
            }
            else if (kind is { } needed && column.Kind != needed)
            {
                section.Problem(
                    key,
                    $"needs '{name}' in {dataset.Id} to be {needed.ToString().ToLowerInvariant()}, it is {column.Kind.ToString().ToLowerInvariant()}"
                );
            }
        }
    }
}
