using System.Text.RegularExpressions;
using Tidemark.Core.Answers;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Warehouse;
using Tidemark.Definitions.Yaml;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Project;

/// <summary>A declared table that is not built.</summary>
/// <param name="Id">The table.</param>
/// <param name="Reads">The table that it reads and that is off; null when <c>off:</c> names the table itself.</param>
public sealed record TableOff(TableId Id, TableId? Reads)
{
    /// <summary>The reason, as part of a sentence.</summary>
    public string Because => Reads is { } cause ? $"it reads {cause}, which is off" : "'off' names it";
}

/// <summary>
/// The SQL files below <c>definitions/warehouse/{layer}/</c> with <c>dw_config.yaml</c>, checked as a whole and in the
/// order in which they are built. Immutable.
/// <code>
///   files → headers, variables → DuckDB's parser: one SELECT, its references → order
///   → DuckDB's binder: columns and types
/// </code>
/// </summary>
public sealed partial class WarehouseProject
{
    internal const string ErrorCode = "WAREHOUSE_INVALID";

    private WarehouseProject(
        IReadOnlyList<WarehouseTable> tables,
        IReadOnlyList<TableDefinition> sources,
        IReadOnlyList<TableOff> off,
        IReadOnlyList<DefinitionFault> leftOut,
        IReadOnlyList<YamlProblem> warnings
    )
    {
        LeftOut = leftOut;
        Warnings = warnings;
        Tables = tables;
        Sources = sources;
        Off = off;
    }

    /// <summary>
    /// The kind of definition file of warehouse tables: a file each, in the folder of its layer, by <c>layer.table</c>.
    /// </summary>
    public static DefinitionKind Kind => WarehouseFiles.Kind;

    /// <summary>
    /// All tables that are built; each comes after everything that it reads, otherwise by layer and name.
    /// </summary>
    public IReadOnlyList<WarehouseTable> Tables { get; }

    /// <summary>The tables that others fill and SQL may read.</summary>
    public IReadOnlyList<TableDefinition> Sources { get; }

    /// <summary>
    /// The tables that are not built, because they or what they read are switched off; by layer and name.
    /// </summary>
    public IReadOnlyList<TableOff> Off { get; }

    /// <summary>
    /// The tables whose files have faults, and those that read such a table or the table of a dataset that is left out;
    /// by layer and name.
    /// </summary>
    public IReadOnlyList<DefinitionFault> LeftOut { get; }

    /// <summary>Old forms that are read for one more release, with file, line and the new form; by file.</summary>
    public IReadOnlyList<YamlProblem> Warnings { get; }

    /// <summary>Reads and checks every file of one folder; nothing of the lake is needed.</summary>
    /// <param name="directory">The folder with a folder a layer; absent means no tables.</param>
    /// <param name="variables">
    /// Values for variables that <c>dw_config.yaml</c> declares; they override those in the file.
    /// </param>
    /// <param name="sources">The declared ods tables, whether they have data yet or not.</param>
    /// <param name="calendars">The exchanges that have a calendar; null = calendars in headers are not checked.</param>
    /// <exception cref="InvalidDefinitionException">Any fault; all of them are listed with file and line.</exception>
    public static WarehouseProject Load(
        string directory,
        IReadOnlyDictionary<string, string> variables,
        IReadOnlyList<TableDefinition> sources,
        IReadOnlySet<string>? calendars = null
    ) =>
        Directory.Exists(directory)
            ? Load(DefinitionFiles.Read(directory, own: null, Kind), variables, sources, Switches.None, calendars)
            : new WarehouseProject([], sources, [], [], []);

    /// <summary>Reads and checks the files in force; one fault in any of them is an error.</summary>
    /// <param name="definitions">Of the kind <see cref="Kind"/>; <c>dw_config.yaml</c> stands in their folders.</param>
    /// <param name="variables">
    /// Values for variables that <c>dw_config.yaml</c> declares; they override those in the files.
    /// </param>
    /// <param name="sources">The declared ods tables, whether they have data yet or not, switched off or not.</param>
    /// <param name="switches">
    /// What the workspace switches off. A file that is off is not read, and tables that read its table are off, too.
    /// </param>
    /// <param name="calendars">The exchanges that have a calendar; null = calendars in headers are not checked.</param>
    /// <exception cref="InvalidDefinitionException">Any fault; all of them are listed with file and line.</exception>
    public static WarehouseProject Load(
        DefinitionFiles definitions,
        IReadOnlyDictionary<string, string> variables,
        IReadOnlyList<TableDefinition> sources,
        Switches switches,
        IReadOnlySet<string>? calendars = null
    )
    {
        var problems = new YamlProblems();
        var project = Read(WarehouseFiles.Of(definitions), variables, sources, [], switches, calendars, problems);
        problems.ThrowIfAny(ErrorCode, "the warehouse definitions");
        return project;
    }

    /// <summary>The tables of files; those with a fault are left out (<see cref="LeftOut"/>).</summary>
    /// <param name="files">The files in force.</param>
    /// <param name="sources">The declared ods tables, whether they have data yet or not, switched off or not.</param>
    /// <param name="datasetsLeftOut">
    /// Datasets whose files have faults: tables that read theirs are left out, too.
    /// </param>
    /// <param name="switches">
    /// What the workspace switches off. A file that is off is not read, and tables that read its table are off, too.
    /// </param>
    /// <param name="calendars">The exchanges that have a calendar.</param>
    /// <param name="kept">
    /// Where it is kept how the engine reads the files; null to load the engine each time.
    /// </param>
    public static WarehouseProject Read(
        WarehouseFiles files,
        IReadOnlyList<TableDefinition> sources,
        IReadOnlyList<DefinitionFault> datasetsLeftOut,
        Switches switches,
        IReadOnlySet<string> calendars,
        IKeptAnswers? kept = null
    ) =>
        Read(
            files,
            new Dictionary<string, string>(),
            sources,
            datasetsLeftOut,
            switches,
            calendars,
            new YamlProblems(),
            kept
        );

    private static WarehouseProject Read(
        WarehouseFiles definitions,
        IReadOnlyDictionary<string, string> variables,
        IReadOnlyList<TableDefinition> sources,
        IReadOnlyList<DefinitionFault> datasetsLeftOut,
        Switches switches,
        IReadOnlySet<string>? calendars,
        YamlProblems problems,
        IKeptAnswers? kept = null
    )
    {
        var config = WarehouseConfig.Read(definitions.Config, variables, problems);
        var common = problems.Items.ToArray(); // of variables: any table may use them
        var without = new List<TableOff>();
        var files = ReadFiles(definitions.Tables, config, switches, without, problems);
        var faulty = FaultySources(datasetsLeftOut);
        IReadOnlyList<WarehouseTable> tables = [];
        var reads = new Dictionary<TableId, TableId>();
        if (files.Count > 0)
        {
            using var engine = new SqlAnalysis(kept);
            var parsed = files
                .Select(file => ParsedTable.Parse(file, engine, problems))
                .OfType<ParsedTable>()
                .ToArray();
            ReferenceRules.Check(parsed, files, sources, [.. without.Select(table => table.Id), .. faulty], problems);
            var ordered = LeaveOut(TableOrder.Sort(parsed, problems), without);
            var bound = SchemaBinder.Bind(ordered, sources, calendars, engine, problems);
            tables = common.Length > 0 ? [] : Sound(bound, problems);
            reads = ReadersOfFaulty(ordered, [.. tables.Select(t => t.Id)], faulty, sources);
        }

        var built = tables.Select(t => t.Id).Concat(without.Select(t => t.Id)).ToHashSet();
        return new WarehouseProject(
            tables,
            sources,
            [.. without.OrderBy(table => table.Id)],
            [
                .. definitions
                    .Tables.Sources.Where(s => !built.Any(id => id.ToString() == s.Id))
                    .Select(s => Fault(s, common, reads, problems)),
            ],
            WarningsOf(files)
        );
    }

    /// <summary>
    /// The reason why a table is left out: its own faults, those of the variables, or a table that it reads.
    /// </summary>
    private static DefinitionFault Fault(
        DefinitionSource source,
        IReadOnlyList<YamlProblem> common,
        Dictionary<TableId, TableId> reads,
        YamlProblems problems
    )
    {
        YamlProblem[] own = [.. problems.Items.Where(p => p.Origin.Source == source.Path)];
        if (own.Length == 0)
        {
            var why = reads.FirstOrDefault(r => r.Key.ToString() == source.Id) is { Value.Name: not null } read
                ? $"it reads {read.Value}, which is left out"
                : "it waits for a table that is left out";
            own =
                common.Count > 0
                    ? [.. common]
                    : [new YamlProblem(new YamlOrigin(source.Path, 0), why) { IsConsequence = true }];
        }

        return new DefinitionFault("table", source.Id, ErrorCode, own);
    }

    /// <summary>
    /// The tables without those whose file has a fault that the engine's binding does not find, and without their
    /// readers.
    /// </summary>
    private static IReadOnlyList<WarehouseTable> Sound(IReadOnlyList<WarehouseTable> bound, YamlProblems problems)
    {
        var faulty = problems.Items.Select(p => p.Origin.Source).ToHashSet(StringComparer.Ordinal);
        var gone = new HashSet<TableId>();
        var sound = new List<WarehouseTable>(bound.Count);
        foreach (var table in bound)
        {
            if (faulty.Contains(table.File) || table.Inputs.Any(i => gone.Contains(i.Table)))
            {
                gone.Add(table.Id);
            }
            else
            {
                sound.Add(table);
            }
        }

        return sound;
    }

    [GeneratedRegex(@"^ods\.ods_[a-z0-9_]+$", RegexOptions.CultureInvariant)]
    private static partial Regex OdsName();

    private static HashSet<TableId> FaultySources(IEnumerable<DefinitionFault> datasets) =>
        [.. datasets.SelectMany(fault => fault.Names).Where(name => OdsName().IsMatch(name)).Select(TableId.Parse)];

    /// <summary>For each table that is not bound: the first table that it reads and that is not bound either.</summary>
    private static Dictionary<TableId, TableId> ReadersOfFaulty(
        IReadOnlyList<ParsedTable> ordered,
        HashSet<TableId> bound,
        HashSet<TableId> faulty,
        IReadOnlyList<TableDefinition> sources
    )
    {
        var known = sources.Select(s => s.Id).Concat(bound).Except(faulty).ToHashSet();
        var readers = new Dictionary<TableId, TableId>();
        foreach (var table in ordered.Where(t => !bound.Contains(t.Id)))
        {
            if (table.Inputs.Keys.Order().FirstOrDefault(i => !known.Contains(i)) is { } lacking)
            {
                readers.Add(table.Id, lacking);
            }
        }

        return readers;
    }

    private static YamlProblem[] WarningsOf(IEnumerable<SqlFile> files) =>
        [
            .. files
                .Where(f => f.Header.OldLine is not null)
                .OrderBy(f => f.Path, StringComparer.Ordinal)
                .Select(f => new YamlProblem(new YamlOrigin(f.Path, f.Header.OldLine!.Value), f.Header.NewForm!)),
        ];

    private static List<SqlFile> ReadFiles(
        DefinitionSet definitions,
        WarehouseConfig config,
        Switches switches,
        List<TableOff> without,
        YamlProblems problems
    )
    {
        var files = new List<SqlFile>();
        foreach (var definition in definitions.Sources)
        {
            var folder = Path.GetDirectoryName(definition.Path)!;
            if (definitions.Files.Folders.Contains(folder))
            {
                problems.Add(
                    new YamlOrigin(definition.Path, 1),
                    "a table's SQL stands in the folder of its layer, for example dwd/"
                );
            }
            else if (switches.IsOff(definition.Id))
            {
                without.Add(new TableOff(TableId.Parse(definition.Id), Reads: null));
            }
            else if (SqlFile.Read(definition, Path.GetFileName(folder), config, problems) is { } file)
            {
                files.Add(file);
            }
        }

        return files;
    }

    /// <summary>
    /// The tables without those that read one that is left out. They are in order, so one pass finds indirect readers,
    /// too.
    /// </summary>
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
