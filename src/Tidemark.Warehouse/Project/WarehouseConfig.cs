using Tidemark.Core;
using Tidemark.Core.Markets;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Warehouse;
using Tidemark.Definitions.Yaml;
using Tidemark.DuckDb;

namespace Tidemark.Warehouse.Project;

/// <summary>
/// <c>dw_config.yaml</c>: <c>variables:</c>, names and values that SQL may use as <c>${NAME}</c>. The file may be
/// absent. The workspace's own file overrides the shipped one name by name.
/// <para>
/// Always there are the vocabulary's: <c>${EXCHANGE_OF_VENDOR}['SSE']</c> and <c>${EXCHANGE_OF_SUFFIX}['SH']</c> are
/// <c>XSHG</c>. As text they are part of a table's fingerprint: a word that is mended makes the tables out of date that
/// use it.
/// </para>
/// </summary>
internal sealed record WarehouseConfig(IReadOnlyDictionary<string, string> Variables)
{
    private static IReadOnlyDictionary<string, string> Vocabulary { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["EXCHANGE_OF_VENDOR"] = Map(e => e.VendorCode),
            ["EXCHANGE_OF_SUFFIX"] = Map(e => e.Suffix),
        };

    /// <param name="files">
    /// The files; a later one overrides an earlier one. A message about no file in particular names the last.
    /// </param>
    /// <param name="overrides">Values that override those of the files.</param>
    /// <param name="problems">Takes every fault.</param>
    public static WarehouseConfig Read(
        IReadOnlyList<DefinitionSource> files,
        IReadOnlyDictionary<string, string> overrides,
        YamlProblems problems
    )
    {
        var variables = new Dictionary<string, string>(Vocabulary, StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (!file.TryText(problems, out var text))
            {
                continue;
            }

            var root = YamlSection.Parse(file.Path, text, problems);
            var section = root.Section(ConfigKeys.Variables);
            foreach (var name in section.Keys.ToArray())
            {
                variables[name] = section.RequiredText(name);
                if (
                    WarehouseTable.DayVariables.Contains(name)
                    || Vocabulary.ContainsKey(name)
                    || !SqlFile.IsVariableName(name)
                )
                {
                    section.Problem(
                        name,
                        $"must be upper-case letters, digits and underscores, and not {string.Join(", ", WarehouseTable.DayVariables.Concat(Vocabulary.Keys))}"
                    );
                }
            }

            root.RejectUnknownKeys();
        }

        foreach (var (name, value) in overrides)
        {
            if (!variables.ContainsKey(name) || Vocabulary.ContainsKey(name))
            {
                problems.Add(
                    new YamlOrigin(files.Count > 0 ? files[^1].Path : WarehouseFiles.ConfigName, 0),
                    $"a value is given for the variable '{name}', which the file does not declare{NearestName.Hint(name, variables.Keys)}"
                );
            }

            variables[name] = value;
        }

        return new WarehouseConfig(variables);
    }

    private static string Map(Func<Exchange, string?> name) =>
        $"MAP {{{string.Join(", ", Exchanges.All.Where(e => name(e) is not null).Select(e => $"{DuckDbSql.Literal(name(e)!)}: {DuckDbSql.Literal(e.Code)}"))}}}";
}
