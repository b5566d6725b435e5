using Tidemark.Core.Sessions;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Sessions;

/// <summary>
/// The rules of trading sessions of <c>definitions/sessions.csv</c>, the workspace's own file laid over the shipped one
/// line by line.
/// </summary>
public static class SessionFiles
{
    /// <summary>The file of each folder of definitions.</summary>
    public const string Name = "sessions.csv";

    /// <summary>Reads the files, a later one laid over an earlier one line by line.</summary>
    /// <param name="files">Path and text: the shipped file first.</param>
    /// <exception cref="InvalidDefinitionException">
    /// Code <c>DEFINITION_INVALID</c>: every fault with file and line.
    /// </exception>
    public static SessionRules Parse(IReadOnlyList<(string Path, string Text)> files)
    {
        var problems = new YamlProblems();
        var rules = Read(files, problems);
        problems.ThrowIfAny(YamlProblems.DefinitionInvalid, "the rules of trading sessions");
        return rules;
    }

    /// <summary>The same without the lines that have a fault; all of them are noted.</summary>
    public static SessionRules Read(IReadOnlyList<(string Path, string Text)> files, YamlProblems problems)
    {
        var rules = new Dictionary<(string, string, string, DateOnly), SessionRule>();
        foreach (var (path, text) in files)
        {
            foreach (var rule in SessionFile.Read(path, text, problems))
            {
                rules[(rule.Exchange, rule.Board, SessionFile.NameOf(rule), rule.From)] = rule;
            }
        }

        return new SessionRules(rules.Values);
    }
}
