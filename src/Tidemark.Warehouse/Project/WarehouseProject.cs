using Tidemark.Core.Yaml;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Project;

/// <summary>
/// The SQL files below <c>definitions/warehouse/{layer}/</c> with <c>dw_config.yaml</c>, checked as a whole and in the order in which they
/// are built. Immutable.
/// <code>
///   files → headers, variables → DuckDB's parser: one SELECT, its references → order → DuckDB's binder: columns and types
/// </code>
/// </summary>
public sealed class WarehouseProject
{
    internal const string ErrorCode = "WAREHOUSE_INVALID";
    private const string ConfigFile = "dw_config.yaml";

    private WarehouseProject(IReadOnlyList<WarehouseTable> tables, IReadOnlyList<TableDefinition> sources)
    {
        Tables = tables;
        Sources = sources;
    }

    /// <summary>All tables; each stands after everything that it reads, otherwise by layer and name.</summary>
    public IReadOnlyList<WarehouseTable> Tables { get; }

    /// <summary>The tables that others fill and SQL may read.</summary>
    public IReadOnlyList<TableDefinition> Sources { get; }

    /// <summary>Reads and checks everything; nothing of the lake is needed.</summary>
    /// <param name="directory">The folder with a folder a layer; absent means no tables.</param>
    /// <param name="variables">Values for variables that <c>dw_config.yaml</c> declares; they win over those in the file.</param>
    /// <param name="sources">The declared ods tables, whether they have data yet or not.</param>
    /// <exception cref="InvalidDefinitionException">Any fault; all of them are listed with file and line.</exception>
    public static WarehouseProject Load(
        string directory,
        IReadOnlyDictionary<string, string> variables,
        IReadOnlyList<TableDefinition> sources
    )
    {
        var problems = new YamlProblems();
        var config = WarehouseConfig.Read(Path.Combine(directory, ConfigFile), variables, problems);
        var files = ReadFiles(directory, config, problems);
        IReadOnlyList<WarehouseTable> tables = [];
        if (files.Count > 0)
        {
            using var engine = new SqlAnalysis();
            var parsed = files
                .Select(file => ParsedTable.Parse(file, engine, problems))
                .OfType<ParsedTable>()
                .ToArray();
            ReferenceRules.Check(parsed, files, sources, problems);
            tables = SchemaBinder.Bind(TableOrder.Sort(parsed, problems), sources, engine, problems);
        }

        problems.ThrowIfAny(ErrorCode, "the warehouse definitions");
        return new WarehouseProject(tables, sources);
    }

    private static List<SqlFile> ReadFiles(string directory, WarehouseConfig config, YamlProblems problems)
    {
        var files = new List<SqlFile>();
        if (!Directory.Exists(directory))
        {
            return files;
        }

        foreach (var folder in Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal))
        {
            var layer = Path.GetFileName(folder);
            foreach (var path in Directory.EnumerateFiles(folder, "*.sql").Order(StringComparer.Ordinal))
            {
                if (SqlFile.Read(path, layer, config, problems) is { } file)
                {
                    files.Add(file);
                }
            }
        }

        foreach (var path in Directory.EnumerateFiles(directory, "*.sql").Order(StringComparer.Ordinal))
        {
            problems.Add(new YamlOrigin(path, 1), "a table's SQL stands in the folder of its layer, for example dwd/");
        }

        return files;
    }
}
