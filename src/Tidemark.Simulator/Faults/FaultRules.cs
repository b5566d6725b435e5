using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Simulator.Faults;

/// <summary>
/// What goes wrong on purpose, as a list of rules read from YAML:
/// <code>
/// - vendor: tushare            # absent: any vendor
///   api: daily                 # absent: any API
///   params: {trade_date: "20220601"}   # absent: any parameters
///   when: {every: 5}           # or nth: 3, probability: 0.1, between: [2, 4] (calls),
///                              # between: ["09:30", "10:00"] (Beijing); absent: always
///   do: {error: {code: 50101, message: "…"}}
/// </code>
/// <c>do</c> is a word (<c>drop</c>, <c>truncate</c>, <c>duplicate</c>, <c>garbage</c>, <c>rate_limit</c>,
/// <c>no_permission</c>, <c>empty</c>, <c>stale</c>, <c>repeat_page</c>, <c>wrong_date</c>) or one of <c>error: {code,
/// message}</c>, <c>http: 502</c>, <c>drop_column: vol</c>, <c>rename_column: {vol: volume}</c>, <c>text_number: {vol:
/// "n/a"}</c>; <c>delay: 250</c> (milliseconds) stands alone or beside one of them. For <c>vendor: tws</c> an API is a
/// request (<c>reqMktData</c>; <c>hello</c> is the greeting), parameters are <c>symbol</c>, <c>secType</c>,
/// <c>conId</c>, <c>clientId</c> and <c>reqId</c>; <c>truncate</c> cuts the last message of the answer, <c>empty</c>
/// leaves only it, and there are further words (<c>silent</c>, <c>hang_up</c>, <c>split</c>, <c>merge</c>,
/// <c>extra_fields</c>, <c>unknown_message</c>, <c>no_end</c>, <c>competing_session</c>, <c>id_in_use</c>) and
/// <c>slow_ticks: 500</c>, <c>link_lost: 5000</c>, <c>link_interrupted: 5000</c> (milliseconds), <c>version: 150</c>.
/// Calls are counted by rule. Of several rules that strike the same call the first wins; delays add up.
/// </summary>
public sealed class FaultRules
{
    private readonly IReadOnlyList<FaultRule> _rules;
    private readonly int _seed;

    private FaultRules(IReadOnlyList<FaultRule> rules, int seed)
    {
        _rules = rules;
        _seed = seed;
    }

    /// <summary>Reads the rules from a file.</summary>
    /// <param name="seed">The seed for <c>probability</c>; the same seed strikes the same calls.</param>
    /// <exception cref="InvalidDefinitionException">The rules are wrong; lists every fault with its line.</exception>
    /// <exception cref="TidemarkException">The file cannot be read.</exception>
    public static FaultRules Load(string path, int seed = 0)
    {
        string text;
        try
        {
            text = DataFile.ReadText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "FAULTS_UNREADABLE",
                $"The fault rules in {path} cannot be read: {error.Message} Check the path after --faults.",
                error
            );
        }

        return Parse(text, path, seed);
    }

    /// <summary>Reads the rules from text; <paramref name="file"/> is for messages.</summary>
    /// <exception cref="InvalidDefinitionException">The rules are wrong; lists every fault with its line.</exception>
    public static FaultRules Parse(string text, string file = "faults.yaml", int seed = 0)
    {
        var problems = new YamlProblems();
        var rules = new List<FaultRule>();
        foreach (var section in YamlSection.ParseList(file, text, problems))
        {
            rules.Add(FaultRuleReader.Read(section));
            section.RejectUnknownKeys(FaultKeys.Table);
        }

        problems.ThrowIfAny(YamlProblems.DefinitionInvalid, $"the fault rules in {file}");
        return new FaultRules(rules, seed);
    }

    /// <summary>Starts counting calls from one.</summary>
    internal FaultSession Begin(string vendor, TimeProvider clock) => new(_rules, _seed, vendor, clock);
}
