using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Calendars;

/// <summary>
/// One file of <c>definitions/calendars</c>: comment lines <c># timezone: Asia/Shanghai</c>, <c># first:
/// 1990-12-19</c>, <c># last: 2026-12-31</c>, the header <c>date,open,early_close</c>, and a row for each day that
/// differs from "open on weekdays until the usual close". With <c># like: XSHG</c> a row is a day that differs from
/// that calendar, whose time zone and range it has.
/// </summary>
public sealed class CalendarFile
{
    /// <summary>What a file with a fault is called.</summary>
    public const string ErrorCode = "CALENDAR_INVALID";

    private static readonly string[] s_settings = [.. CalendarKeys.Settings.Keys.Select(k => k.Path)];

    private readonly string _file;
    private readonly YamlProblems _problems;
    private readonly Func<string, LikedCalendar> _others;
    private readonly Dictionary<DateOnly, bool> _exceptions = [];
    private readonly Dictionary<DateOnly, TimeOnly> _earlyCloses = [];
    private readonly HashSet<string> _settings = new(StringComparer.Ordinal);
    private DateOnly? _first;
    private DateOnly? _last;
    private TimeZoneInfo? _timeZone;
    private string? _like;
    private int _likeLine;
    private bool _isSettingWrong;

    private CalendarFile(string file, YamlProblems problems, Func<string, LikedCalendar> others)
    {
        _file = file;
        _problems = problems;
        _others = others;
    }

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="InvalidDefinitionException">
    /// Code <c>CALENDAR_INVALID</c>: every fault with file and line.
    /// </exception>
    public static TradingCalendar Parse(string exchange, string text, string file)
    {
        var problems = new YamlProblems();
        var calendar = Read(exchange, text, file, problems);
        problems.ThrowIfAny(ErrorCode, $"the calendar {exchange}");
        return calendar!;
    }

    /// <summary>The same; null when there is a fault. All of them are noted.</summary>
    /// <param name="exchange">Whose calendar it is.</param>
    /// <param name="text">The file's.</param>
    /// <param name="file">Its path, for messages.</param>
    /// <param name="problems">Where faults are noted.</param>
    /// <param name="others">Tells the calendar that <c># like:</c> names; null where there is no other file.</param>
    internal static TradingCalendar? Read(
        string exchange,
        string text,
        string file,
        YamlProblems problems,
        Func<string, LikedCalendar>? others = null
    )
    {
        var before = problems.Items.Count;
        var calendar = new CalendarFile(file, problems, others ?? (_ => LikedCalendar.None)).Read(
            exchange,
            text.Split('\n')
        );
        return problems.Items.Count == before ? calendar : null;
    }

    private TradingCalendar? Read(string exchange, string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line == CalendarKeys.Header)
            {
                continue;
            }

            if (line[0] == '#')
            {
                ReadSetting(line, i + 1);
            }
            else
            {
                ReadDay(line.Split(','), i + 1);
            }
        }

        if (_like is not null)
        {
            return ReadLike(exchange, _like);
        }

        if (_first is not { } first || _last is not { } last || _timeZone is null)
        {
            if (!_isSettingWrong)
            {
                Problem(1, "the comment lines '# timezone:', '# first:' and '# last:' are required, or '# like:'");
            }

            return null;
        }

        if (last < first)
        {
            Problem(1, $"'# last:' {last.ToIso()} is before '# first:' {first.ToIso()}");
            return null;
        }

        return TradingCalendar.OfDays(exchange, _timeZone, first, last, OpenDays(first, last), _earlyCloses);
    }

    private TradingCalendar? ReadLike(string exchange, string like)
    {
        if (_timeZone is not null || _last is not null)
        {
            Problem(_likeLine, $"'# timezone:' and '# last:' are those of {like}: leave them out");
        }

        var (other, why) = _others(like);
        if (other is null)
        {
            _problems.Add(
                new YamlProblem(new YamlOrigin(_file, _likeLine), $"'# like: {like}': {why}")
                {
                    IsConsequence = why == LikedCalendar.LeftOut,
                }
            );
            return null;
        }

        var first = _first ?? other.First;
        if (first < other.First || first > other.Last || _exceptions.Keys.Any(day => day < first || day > other.Last))
        {
            Problem(
                _likeLine,
                $"'# first:' and the rows lie outside of {like}, which knows {other.First.ToIso()} to {other.Last.ToIso()}"
            );
            return null;
        }

        foreach (var (day, close) in other.EarlyCloses)
        {
            if (day >= first && !_exceptions.ContainsKey(day))
            {
                _earlyCloses.Add(day, close);
            }
        }

        return TradingCalendar
            .OfDays(exchange, other.TimeZone, first, other.Last, OpenDays(first, other), _earlyCloses)
            .GoingOnLike(like);
    }

    private void ReadDay(string[] parts, int line)
    {
        if (parts.Length != 3 || !TradeDate.TryParseIso(parts[0], out var day) || parts[1] is not ("0" or "1"))
        {
            Problem(line, $"expected {CalendarKeys.Header} like 2026-10-01,0,");
            return;
        }

        if (!_exceptions.TryAdd(day, parts[1] == "1"))
        {
            Problem(line, $"{parts[0]} is listed twice");
        }

        if (_first > day || _last < day)
        {
            Problem(line, $"{parts[0]} is outside of '# first:' to '# last:'");
        }

        if (parts[2].Length == 0)
        {
            return;
        }

        if (parts[1] == "0")
        {
            Problem(line, $"{parts[0]}: a closed day has no early close");
        }
        else if (YamlScalars.TryTime(parts[2], out var close))
        {
            _earlyCloses[day] = close;
        }
        else
        {
            Problem(line, $"'{parts[2]}' is not a time like 13:00");
        }
    }

    private void ReadSetting(string line, int number)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return;
        }

        var key = line[1..colon].Trim();
        var value = line[(colon + 1)..].Trim();
        if (s_settings.Contains(key) && !_settings.Add(key))
        {
            SettingProblem(number, $"'# {key}:' stands twice");
            return;
        }

        switch (key)
        {
            case CalendarKeys.First when TradeDate.TryParseIso(value, out var day):
                _first = day;
                break;
            case CalendarKeys.Last when TradeDate.TryParseIso(value, out var day):
                _last = day;
                break;
            case CalendarKeys.TimeZone when TimeZoneInfo.TryFindSystemTimeZoneById(value, out var zone):
                _timeZone = zone;
                break;
            case CalendarKeys.First or CalendarKeys.Last:
                SettingProblem(number, $"'# {key}: {value}' is not a day like 1990-12-19");
                break;
            case CalendarKeys.TimeZone:
                SettingProblem(number, $"'{value}' is no time zone that this machine knows, like Asia/Shanghai");
                break;
            case CalendarKeys.Like when value.Length > 0:
                (_like, _likeLine) = (value, number);
                break;
            case CalendarKeys.Like:
                SettingProblem(number, "'# like:' names no calendar");
                break;
            case { Length: > 0 } when key.All(c => c is (>= 'a' and <= 'z') or '_'):
                // One word and a colon is meant as a setting; any other comment is free.
                SettingProblem(number, $"unknown key '{key}'{NearestName.Hint(key, s_settings)}");
                break;
        }
    }

    // A calendar is read at every start: another's days are taken as they are, not judged one by one.
    private IEnumerable<DateOnly> OpenDays(DateOnly first, TradingCalendar other)
    {
        var days = other.OpenDaysBetween(first, other.Last).ToArray();
        return _exceptions.Count == 0
            ? days
            : days.Where(day => !_exceptions.ContainsKey(day))
                .Concat(_exceptions.Where(each => each.Value).Select(each => each.Key))
                .Order();
    }

    private IEnumerable<DateOnly> OpenDays(DateOnly first, DateOnly last)
    {
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            var isWeekday = day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);
            if (_exceptions.TryGetValue(day, out var isOpen) ? isOpen : isWeekday)
            {
                yield return day;
            }
        }
    }

    private void SettingProblem(int line, string text)
    {
        _isSettingWrong = true;
        Problem(line, text);
    }

    private void Problem(int line, string text) => _problems.Add(new YamlOrigin(_file, line), text);
}
