using System.Text.Json;
using Tidemark.Core.Datasets;
using Tidemark.DuckDb;

namespace Tidemark.EndToEnd.Tests.Support;

/// <summary>A workspace folder, used through the command line, with variables of its own when there are any.</summary>
internal sealed class Workspace(
    string folder,
    IReadOnlyDictionary<string, string>? environment = null,
    bool isHere = false
)
{
    private readonly IReadOnlyDictionary<string, string> _environment = environment ?? new Dictionary<string, string>();

    public string Folder => folder;

    public string Lake => Path.Combine(folder, "lake");

    public string Staging => Path.Combine(Lake, "_staging");

    /// <summary>Makes a workspace for a simulated vendor; keys that are not named keep their defaults.</summary>
    public static Workspace Create(
        string folder,
        Uri vendor,
        string from,
        string to,
        string token = "test",
        string more = ""
    )
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, "tidemark.yaml"),
            $$"""
            plan: { from: {{from}}, to: {{to}} }
            vendors:
              tushare: { url: "{{vendor}}", token: {{token}}, rate_limits: { default: 100000/min } }
            {{more}}
            """
        );
        return new Workspace(folder);
    }

    /// <summary>Switches on what daily runs of a new workspace leave out.</summary>
    public async Task<Workspace> WithWavesAsync()
    {
        foreach (var flag in FlagNames.Waves)
        {
            (await RunHereAsync("flags", "set", flag, "on")).With(exitCode: 0);
        }

        return this;
    }

    public TidemarkProcess Start(params string[] arguments) => TidemarkProcess.Start(folder, _environment, arguments);

    /// <summary>
    /// The same workspace, whose commands run within this process: where the test is about what they do and not about
    /// processes.
    /// </summary>
    public Workspace Here => new(folder, _environment, isHere: true);

    public Task<Ended> RunAsync(params string[] arguments) =>
        isHere ? RunHereAsync(arguments) : TidemarkProcess.RunAsync(folder, _environment, arguments);

    /// <summary>The same within this process, for a step that leads to what the test is about.</summary>
    public Task<Ended> RunHereAsync(params string[] arguments) =>
        TidemarkHere.RunAsync(folder, _environment, arguments);

    /// <summary>The answer of a command that is to succeed, as JSON.</summary>
    public async Task<JsonElement> JsonAsync(params string[] arguments) =>
        (await RunAsync([.. arguments, "--json"])).With(exitCode: 0).Json();

    public async Task<IReadOnlyList<JsonElement>> SqlAsync(string query) =>
        [.. (await JsonAsync("sql", query)).EnumerateArray()];

    /// <summary>Version by table, as <c>tables</c> says.</summary>
    public async Task<SortedDictionary<string, long>> VersionsAsync()
    {
        var versions = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in (await JsonAsync("tables")).EnumerateArray())
        {
            versions.Add(table.Text("table"), table.Number("version"));
        }

        return versions;
    }

    /// <summary>
    /// What readers see of every table, whatever the order of rows and files: their number and the sum of their hashes.
    /// By any DuckDB, through the views on the live files that the last command has left.
    /// </summary>
    public SortedDictionary<string, string> Content()
    {
        var content = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using var database = DuckDbDatabase.Open(
            Path.Combine(folder, "catalog.duckdb"),
            new DuckDbSettings(ReadOnly: true)
        );
        using var connection = database.Connect();
        string[] tables;
        using (var names = connection.Query("SELECT table_name FROM catalog_meta.table_versions"))
        {
            tables = [.. names.Rows().Select(r => (string)r[0]!)];
        }

        foreach (var table in tables)
        {
            // When the lake had a figure is another moment in every lake.
            var rows = table == "ods.ods_macro_vintage" ? $"(SELECT * EXCLUDE (seen_at) FROM {table})" : table;
            using var result = connection.Query($"SELECT count(*), CAST(sum(hash(r)) AS VARCHAR) FROM {rows} AS r");
            var row = result.Rows().Single();
            content.Add(table, $"{row[0]} rows, {row[1]}");
        }

        return content;
    }

    /// <summary>Tables of which readers see at least one version.</summary>
    public IReadOnlyList<string> CommittedTables() =>
        Directory.Exists(Lake)
            ?
            [
                .. Directory
                    .EnumerateDirectories(Lake, "_delta_log", SearchOption.AllDirectories)
                    .Where(log => Directory.EnumerateFiles(log, "*.json").Any(IsLogEntry))
                    .Select(log => Path.GetFileName(Path.GetDirectoryName(log)!)),
            ]
            : [];

    /// <summary>Files under a folder of the lake whose names begin or end in some way.</summary>
    public IReadOnlyList<string> LakeFiles(string pattern, string below = "") =>
        Directory.Exists(Path.Combine(Lake, below))
            ? Directory.GetFiles(
                Path.Combine(Lake, below),
                pattern,
                // Folders may come and go while this looks.
                new EnumerationOptions
                {
                    RecurseSubdirectories = true,
                    AttributesToSkip = FileAttributes.None,
                    IgnoreInaccessible = true,
                }
            )
            : [];

    private static bool IsLogEntry(string file) =>
        Path.GetFileName(file) is { Length: 25 } name && char.IsAsciiDigit(name[0]);
}

/// <summary>Short words for members of JSON objects.</summary>
internal static class JsonMembers
{
    public static string Text(this JsonElement element, string member) => element.GetProperty(member).GetString()!;

    public static long Number(this JsonElement element, string member) => element.GetProperty(member).GetInt64();

    public static string[] Members(this JsonElement element) => [.. element.EnumerateObject().Select(p => p.Name)];
}
