using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Calendars;

/// <summary>A calendar that another file names.</summary>
/// <param name="Calendar">Null when it cannot be used.</param>
/// <param name="Why">Why it cannot; null when it can.</param>
internal readonly record struct LikedCalendar(TradingCalendar? Calendar, string? Why)
{
    /// <summary>Its own file says what is wrong.</summary>
    public const string LeftOut = "it is left out: its file has faults";

    /// <summary>There is no file of that name.</summary>
    public static LikedCalendar None { get; } = new(null, "there is no such calendar");
}

/// <summary>Reads each calendar's file once, those that others are like before those.</summary>
internal sealed class LikedCalendars(IReadOnlyList<DefinitionSource> sources)
{
    private readonly Dictionary<string, (TradingCalendar? Calendar, IReadOnlyList<YamlProblem> Problems)> _read = new(
        StringComparer.Ordinal
    );

    // Those that are being read, each like the next.
    private readonly List<string> _reading = [];

    /// <summary>The calendar of a file; null, and why, when it has a fault.</summary>
    public (TradingCalendar? Calendar, IReadOnlyList<YamlProblem> Problems) Of(DefinitionSource source)
    {
        if (_read.TryGetValue(source.Path, out var known))
        {
            return known;
        }

        _reading.Add(source.Id);
        var problems = new YamlProblems();
        var calendar = source.TryText(problems, out var text)
            ? CalendarFile.Read(source.Id, text, source.Path, problems, Named)
            : null;
        _reading.RemoveAt(_reading.Count - 1);
        return _read[source.Path] = (calendar, problems.Items);
    }

    private LikedCalendar Named(string exchange)
    {
        if (_reading.Contains(exchange))
        {
            return new LikedCalendar(null, $"each is like the next: {string.Join(" → ", _reading)} → {exchange}");
        }

        if (sources.FirstOrDefault(source => source.Id == exchange) is not { } named)
        {
            return LikedCalendar.None with { Why = LikedCalendar.None.Why + NearestName.Hint(exchange, Names()) };
        }

        return Of(named).Calendar is { } calendar
            ? new LikedCalendar(calendar, null)
            : new LikedCalendar(null, LikedCalendar.LeftOut);
    }

    private string[] Names() => [.. sources.Select(source => source.Id)];
}
