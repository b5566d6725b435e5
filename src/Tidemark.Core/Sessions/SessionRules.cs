using Tidemark.Core.Yaml;

namespace Tidemark.Core.Sessions;

/// <summary>
/// Sessions and price limits by exchange, board and day: a rule holds from its day on until a later one of the same exchange and board. Immutable.
/// </summary>
public sealed class SessionRules
{
    /// <summary>The file of each folder of definitions.</summary>
    public const string FileName = "sessions.csv";

    internal const string SpecialTreatment = "st";
    private const string Main = "main";

    private readonly Dictionary<(string Exchange, string Board), SortedList<DateOnly, TradingSession>> _sessions;
    private readonly Dictionary<(string Exchange, string Board), SortedList<DateOnly, decimal>> _limits;

    internal SessionRules(IReadOnlyCollection<SessionLine> lines)
    {
        _sessions = ByBoard(lines.Where(line => line.Session is not null), line => line.Session!);
        _limits = ByBoard(lines.Where(line => line.Limit is not null), line => line.Limit!.Value);
    }

    /// <summary>The boards that lines may name.</summary>
    public static IReadOnlyList<string> Boards { get; } = [Main, SpecialTreatment, "chinext", "star", "bse", "fund"];

    /// <summary>Reads the files, a later one laid over an earlier one line by line.</summary>
    /// <param name="files">Path and text: the shipped file first.</param>
    /// <exception cref="InvalidDefinitionException">Code <c>DEFINITION_INVALID</c>: every fault with file and line.</exception>
    public static SessionRules Parse(IReadOnlyList<(string Path, string Text)> files)
    {
        var problems = new YamlProblems();
        var lines = new Dictionary<(string, string, string, DateOnly), SessionLine>();
        foreach (var (path, text) in files)
        {
            foreach (var line in SessionFile.Read(path, text, problems))
            {
                lines[(line.Exchange, line.Board, line.Rule, line.From)] = line;
            }
        }

        problems.ThrowIfAny(YamlProblems.DefinitionInvalid, "the rules of trading sessions");
        return new SessionRules(lines.Values);
    }

    /// <summary>The session of a board on a day; null when no rule is that old. Shares under special treatment keep the main board's hours.</summary>
    public TradingSession? SessionOf(string exchange, string board, DateOnly day) =>
        IndexOf(_sessions, (exchange, board), day) is >= 0 and var index ? _sessions[(exchange, board)].Values[index]
        : board == SpecialTreatment ? SessionOf(exchange, Main, day)
        : null;

    /// <summary>How far a price may be from its reference price, as a fraction of that; null when no rule is that old.</summary>
    public decimal? LimitOf(string exchange, string board, DateOnly day) =>
        IndexOf(_limits, (exchange, board), day) is >= 0 and var index
            ? _limits[(exchange, board)].Values[index]
            : null;

    /// <summary>Of the newest sessions of an exchange's boards the one that ends last; null when there is no rule.</summary>
    public TradingSession? LongestSession(string exchange) =>
        _sessions
            .Where(board => board.Key.Exchange == exchange)
            .Select(board => board.Value.Values[^1])
            .MaxBy(session => session.End);

    /// <summary>The place of the rule that holds on a day among a board's; −1 when there is none.</summary>
    private static int IndexOf<T>(
        Dictionary<(string, string), SortedList<DateOnly, T>> rules,
        (string, string) board,
        DateOnly day
    )
    {
        if (!rules.TryGetValue(board, out var dated))
        {
            return -1;
        }

        var index = dated.Count - 1;
        while (index >= 0 && dated.Keys[index] > day)
        {
            index--;
        }

        return index;
    }

    private static Dictionary<(string, string), SortedList<DateOnly, T>> ByBoard<T>(
        IEnumerable<SessionLine> lines,
        Func<SessionLine, T> value
    )
    {
        var rules = new Dictionary<(string, string), SortedList<DateOnly, T>>();
        foreach (var line in lines)
        {
            var key = (line.Exchange, line.Board);
            if (!rules.TryGetValue(key, out var dated))
            {
                rules[key] = dated = [];
            }

            dated.Add(line.From, value(line));
        }

        return rules;
    }
}
