using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Markets;
using Tidemark.Core.Sessions;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Sessions;

/// <summary>Reads <c>sessions.csv</c>: <c>exchange,board,rule,from,value</c>.</summary>
internal static class SessionFile
{
    private static readonly IReadOnlyDictionary<string, SessionPhase> s_phases = YamlScalars.Words<SessionPhase>();

    /// <summary>The lines without a fault; the faults of the others are noted.</summary>
    public static IEnumerable<SessionRule> Read(string path, string text, YamlProblems problems)
    {
        var lines = text.Split('\n');
        var seen = new HashSet<(string, string, string, DateOnly)>();
        var hasHeader = false;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            var origin = new YamlOrigin(path, i + 1);
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (!hasHeader)
            {
                hasHeader = true;
                if (line != SessionKeys.Header)
                {
                    problems.Add(origin, $"the first line must be the header {SessionKeys.Header}");
                }

                continue;
            }

            if (Line(line.Split(','), origin, problems) is not { } rule)
            {
                continue;
            }

            if (!seen.Add((rule.Exchange, rule.Board, NameOf(rule), rule.From)))
            {
                problems.Add(
                    origin,
                    $"{rule.Exchange} {rule.Board} {NameOf(rule)} from {rule.From.ToIso()} stands twice in this file"
                );
            }

            yield return rule;
        }
    }

    /// <summary>What a rule is of: <c>session</c> or <c>limit</c>.</summary>
    public static string NameOf(SessionRule rule) => rule.Session is null ? SessionKeys.Limit : SessionKeys.Session;

    private static SessionRule? Line(string[] parts, YamlOrigin origin, YamlProblems problems)
    {
        if (parts.Length != SessionKeys.Columns.Keys.Count)
        {
            problems.Add(origin, $"expected 5 values ({SessionKeys.Header}), found {parts.Length}");
            return null;
        }

        var before = problems.Items.Count;
        OneOf("exchange", parts[0], [.. Exchanges.All.Select(e => e.Code)], origin, problems);
        OneOf("board", parts[1], SessionRules.Boards, origin, problems);
        OneOf("rule", parts[2], SessionKeys.Rules, origin, problems);
        if (!TradeDate.TryParseIso(parts[3], out var from))
        {
            problems.Add(origin, $"'{parts[3]}' is not a day like 2026-07-06");
        }

        var session = parts[2] == SessionKeys.Session ? Session(parts[4], origin, problems) : null;
        var limit = parts[2] == SessionKeys.Limit ? Limit(parts[4], origin, problems) : null;
        return problems.Items.Count == before ? new SessionRule(parts[0], parts[1], from, session, limit) : null;
    }

    private static void OneOf(
        string column,
        string value,
        IReadOnlyCollection<string> known,
        YamlOrigin origin,
        YamlProblems problems
    )
    {
        if (!known.Contains(value))
        {
            problems.Add(origin, $"unknown {column} '{value}'{NearestName.Hint(value, known)}");
        }
    }

    private static decimal? Limit(string text, YamlOrigin origin, YamlProblems problems)
    {
        if (
            decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var limit)
            && limit is > 0 and < 1
        )
        {
            return limit;
        }

        problems.Add(origin, $"'{text}' is not a limit: a fraction like 0.10 for 10 %");
        return null;
    }

    private static TradingSession? Session(string text, YamlOrigin origin, YamlProblems problems)
    {
        var parts = new List<SessionPart>();
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries))
        {
            var words = part.Split(' ', '-');
            if (
                words.Length != 3
                || !YamlScalars.TryTime(words[1], out var from)
                || !YamlScalars.TryTime(words[2], out var to)
            )
            {
                problems.Add(origin, $"'{part}' is no part of a session like {SessionKeys.Example}");
                return null;
            }

            if (!s_phases.TryGetValue(words[0], out var phase))
            {
                problems.Add(origin, $"unknown phase '{words[0]}'{NearestName.Hint(words[0], [.. s_phases.Keys])}");
                return null;
            }

            if (to <= from || (parts.Count > 0 && from < parts[^1].To))
            {
                problems.Add(origin, $"'{part}' ends before it begins, or begins before the part in front of it ends");
                return null;
            }

            parts.Add(new SessionPart(phase, from, to));
        }

        if (parts.TrueForAll(part => part.Phase == SessionPhase.FixedPrice))
        {
            problems.Add(origin, "a session at a fixed price alone has no price to go by");
            return null;
        }

        return new TradingSession(parts);
    }
}
