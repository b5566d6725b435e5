using Tidemark.Core.Definitions;
using Tidemark.Core.Yaml;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Project;

/// <summary>A declared table that is not built.</summary>
/// <param name="Id">Which.</param>
/// <param name="Reads">The table that it reads and that is off; null when <c>off:</c> names the table itself.</param>
public sealed record TableOff(TableId Id, TableId? Reads)
{
    /// <summary>Why, as the part of a sentence.</summary>
    public string Because => Reads is { } cause ? $"it reads {cause}, which is off" : "'off' names it";
}

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

    private WarehouseProject(
        IReadOnlyList<WarehouseTable> tables,
        IReadOnlyList<TableDefinition> sources,
        IReadOnlyList<TableOff> off,
        IReadOnlyList<YamlProblem> warnings
    )
    {
        Warnings = warnings;
        Tables = tables;
        Sources = sources;
        Off = off;
    }

    /// <summary>Tables among the definitions: a file each, in the folder of its layer, by <c>layer.table</c>.</summary>
    public static DefinitionKind Kind { get; } = new("warehouse", [".sql"], ByLayer: true);

    /// <summary>All tables that are built; each stands after everything that it reads, otherwise by layer and name.</summary>
    public IReadOnlyList<WarehouseTable> Tables { get; }

    /// <summary>The tables that others fill and SQL may read.</summary>
    public IReadOnlyList<TableDefinition> Sources { get; }

    /// <summary>The tables that are not built, because they or what they read are switched off; by layer and name.</summary>
    public IReadOnlyList<TableOff> Off { get; }

    /// <summary>What is read for one release more, with file, line and the form that it is to have; by file.</summary>
    public IReadOnlyList<YamlProblem> Warnings { get; }

    /// <summary>Reads and checks every file of one folder; nothing of the lake is needed.</summary>
    /// <param name="directory">The folder with a folder a layer; absent means no tables.</param>
    /// <param name="variables">Values for variables that <c>dw_config.yaml</c> declares; they win over those in the file.</param>
    /// <param name="sources">The declared ods tables, whether they have data yet or not.</param>
    /// <param name="calendars">
    /// The exchanges that have a calendar; null leaves unchecked what headers say of them.
    /// </param>
    /// <exception cref="InvalidDefinitionException">Any fault; all of them are listed with file and line.</exception>
    public static WarehouseProject Load(
        string directory,
        IReadOnlyDictionary<string, string> variables,
        IReadOnlyList<TableDefinition> sources,
        IReadOnlySet<string>? calendars = null
    ) =>
        Directory.Exists(directory)
            ? Load(DefinitionFiles.Read(directory, own: null, Kind), variables, sources, OffList.None, calendars)
            : new WarehouseProject([], sources, [], []);

    /// <summary>Reads and checks the files in force.</summary>
    /// <param name="definitions">Of the kind <see cref="Kind"/>; <c>dw_config.yaml</c> stands in their folders.</param>
    /// <param name="variables">Values for variables that <c>dw_config.yaml</c> declares; they win over those in the files.</param>
    /// <param name="sources">The declared ods tables, whether they have data yet or not, switched off or not.</param>
    /// <param name="off">What the workspace does without. A file that is off is not looked at, and what reads its table is off, too.</param>
    /// <param name="calendars">
    /// The exchanges that have a calendar; null leaves unchecked what headers say of them.
    /// </param>
    /// <exception cref="InvalidDefinitionException">Any fault; all of them are listed with file and line.</exception>
    public static WarehouseProject Load(
        DefinitionFiles definitions,
        IReadOnlyDictionary<string, string> variables,
        IReadOnlyList<TableDefinition> sources,
        OffList off,
        IReadOnlySet<string>? calendars = null
    )
    {
        var problems = new YamlProblems();
        var config = WarehouseConfig.Read(
            [.. definitions.Folders.Select(folder => Path.Combine(folder, ConfigFile))],
            variables,
            problems
        );
        var without = new List<TableOff>();
        var files = ReadFiles(definitions, config, off, without, problems);
        IReadOnlyList<WarehouseTable> tables = [];
        if (files.Count > 0)
        {
            using var engine = new SqlAnalysis();
            var parsed = files
                .Select(file => ParsedTable.Parse(file, engine, problems))
                .OfType<ParsedTable>()
                .ToArray();
            ReferenceRules.Check(parsed, files, sources, [.. without.Select(table => table.Id)], problems);
            var ordered = LeaveOut(TableOrder.Sort(parsed, problems), without);
            tables = SchemaBinder.Bind(ordered, sources, calendars, engine, problems);
        }

        problems.ThrowIfAny(ErrorCode, "the warehouse definitions");
        return new WarehouseProject(tables, sources, [.. without.OrderBy(table => table.Id)], WarningsOf(files));
    }

    private static YamlProblem[] WarningsOf(IEnumerable<SqlFile> files) =>
        [
            .. files
                .Where(f => f.Header.OldLine is not null)
                .OrderBy(f => f.Path, StringComparer.Ordinal)
                .Select(f => new YamlProblem(
                    new YamlOrigin(f.Path, f.Header.OldLine!.Value),
                    LineHeader.NewForm(f.Header)
                )),
        ];

    private static List<SqlFile> ReadFiles(
        DefinitionFiles definitions,
        WarehouseConfig config,
        OffList off,
        List<TableOff> without,
        YamlProblems problems
    )
    {
        var files = new List<SqlFile>();
        foreach (var definition in definitions.All)
        {
            var folder = Path.GetDirectoryName(definition.Path)!;
            if (definitions.Folders.Contains(folder))
            {
                problems.Add(
                    new YamlOrigin(definition.Path, 1),
                    "a table's SQL stands in the folder of its layer, for example dwd/"
                );
            }
            else if (off.Names(definition.Id))
            {
                without.Add(new TableOff(TableId.Parse(definition.Id), Reads: null));
            }
            else if (SqlFile.Read(definition.Path, Path.GetFileName(folder), config, problems) is { } file)
            {
                files.Add(file);
            }
        }

        return files;
    }

    /// <summary>Without the tables that read one that is left out; in their order, one look finds those behind those, too.</summary>
    private static List<ParsedTable> LeaveOut(List<ParsedTable> ordered, List<TableOff> without)
    {
        var gone = without.Select(table => table.Id).ToHashSet();
        var kept = new List<ParsedTable>(ordered.Count);
        foreach (var table in ordered)
        {
            if (table.Inputs.Keys.Order().FirstOrDefault(gone.Contains) is { Name: not null } cause)
            {
                gone.Add(table.Id);
                without.Add(new TableOff(table.Id, cause));
            }
            else
            {
                kept.Add(table);
            }
        }

        return kept;
    }
}
