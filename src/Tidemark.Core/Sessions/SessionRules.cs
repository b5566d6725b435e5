namespace Tidemark.Core.Sessions;

/// <summary>What holds for a board of an exchange from a day on: either its session or its limit.</summary>
/// <param name="Exchange">Its one code.</param>
/// <param name="Board">One of <see cref="SessionRules.Boards"/>.</param>
/// <param name="From">The first day.</param>
/// <param name="Session">When it trades; null where the rule is a limit.</param>
/// <param name="Limit">
/// How far a price may be from its reference price, as a fraction; null where it is a session.
/// </param>
public sealed record SessionRule(string Exchange, string Board, DateOnly From, TradingSession? Session, decimal? Limit);

/// <summary>
/// Sessions and price limits by exchange, board and day: a rule holds from its day on until a later one of the same
/// exchange and board. Immutable.
/// </summary>
public sealed class SessionRules
{
    private const string SpecialTreatment = "st";
    private const string Main = "main";

    private readonly Dictionary<(string Exchange, string Board), SortedList<DateOnly, TradingSession>> _sessions;
    private readonly Dictionary<(string Exchange, string Board), SortedList<DateOnly, decimal>> _limits;

    /// <param name="lines">At most one session and one limit of an exchange, board and day.</param>
    public SessionRules(IReadOnlyCollection<SessionRule> lines)
    {
        _sessions = ByBoard(lines.Where(line => line.Session is not null), line => line.Session!);
        _limits = ByBoard(lines.Where(line => line.Limit is not null), line => line.Limit!.Value);
    }

    /// <summary>No rule at all.</summary>
    public static SessionRules None { get; } = new([]);

    /// <summary>The boards that rules may name.</summary>
    public static IReadOnlyList<string> Boards { get; } = [Main, SpecialTreatment, "chinext", "star", "bse", "fund"];

    /// <summary>
    /// The session of a board on a day; null when no rule is that old. Shares under special treatment keep the main
    /// board's hours.
    /// </summary>
    public TradingSession? SessionOf(string exchange, string board, DateOnly day) =>
        IndexOf(_sessions, (exchange, board), day) is >= 0 and var index ? _sessions[(exchange, board)].Values[index]
        : board == SpecialTreatment ? SessionOf(exchange, Main, day)
        : null;

    /// <summary>
    /// How far a price may be from its reference price, as a fraction of that; null when no rule is that old.
    /// </summary>
    public decimal? LimitOf(string exchange, string board, DateOnly day) =>
        IndexOf(_limits, (exchange, board), day) is >= 0 and var index
            ? _limits[(exchange, board)].Values[index]
            : null;

    /// <summary>
    /// Of the newest sessions of an exchange's boards the one that ends last; null when there is no rule.
    /// </summary>
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
        IEnumerable<SessionRule> lines,
        Func<SessionRule, T> value
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
