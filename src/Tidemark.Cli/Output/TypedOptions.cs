using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using Tidemark.Core;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Cli.Output;

/// <summary>Options with typed values, and the messages for values that make no sense.</summary>
internal static partial class TypedOptions
{
    // Moments can be typed as commands print them; without a zone they are in the machine's.
    private static readonly string[] s_moments =
    [
        "yyyy-MM-dd",
        "yyyy-MM-ddTHH:mmK",
        "yyyy-MM-ddTHH:mm:ssK",
        "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mmK",
        "yyyy-MM-dd HH:mm:ssK",
        "yyyy-MM-dd HH:mm zzz",
        "yyyy-MM-dd HH:mm:ss zzz",
    ];

    /// <summary>An option that takes a date like 2022-06-01.</summary>
    public static Option<DateOnly?> Date(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "YYYY-MM-DD",
            CustomParser = ParseDate,
        };

    /// <summary>Refuses numbers outside of a range, in words.</summary>
    public static void Bound<T>(Option<T> option, int min, int max = int.MaxValue) =>
        option.Validators.Add(result =>
        {
            if (
                result.Tokens.Count > 0
                && int.TryParse(
                    result.Tokens[0].Value,
                    NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture,
                    out var number
                )
                && (number < min || number > max)
            )
            {
                result.AddError(
                    $"{option.Name} takes a whole number from {min}{(max == int.MaxValue ? "" : $" to {max}")}"
                );
            }
        });

    /// <summary>An argument that takes the name of a table.</summary>
    public static Argument<string> Table(string example)
    {
        var table = new Argument<string>("TABLE") { Description = $"For example {example}" };
        table.Validators.Add(RefuseNothing);
        return table;
    }

    /// <summary>An argument that takes names of tables, or none.</summary>
    public static Argument<string[]> Tables(string description)
    {
        var tables = new Argument<string[]>("TABLE") { Description = description, Arity = ArgumentArity.ZeroOrMore };
        tables.Validators.Add(RefuseNothing);
        return tables;
    }

    /// <summary>An option that takes names separated by commas.</summary>
    public static Option<string[]> List(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "a,b",
            CustomParser = result =>
            {
                var names =
                    result.Tokens.Count == 0
                        ? []
                        : result
                            .Tokens[0]
                            .Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                if (names.Length == 0)
                {
                    // From a script's empty variable, which was not meant as "all".
                    result.AddError($"{name} is empty: it takes names like a,b");
                }

                return names;
            },
            DefaultValueFactory = _ => [],
        };

    /// <summary>An option that takes pairs like name=value, and may stand several times.</summary>
    public static Option<string[]> Pairs(string name, string description)
    {
        var pairs = new Option<string[]>(name)
        {
            Description = description,
            HelpName = "NAME=VALUE",
            AllowMultipleArgumentsPerToken = true,
        };
        pairs.Validators.Add(result =>
        {
            foreach (var text in result.Tokens.Select(t => t.Value).Where(t => t.IndexOf('=') < 1))
            {
                result.AddError($"'{text}' is not a pair like trade_date=20240104");
            }
        });
        return pairs;
    }

    /// <summary>Pairs by their names; of a name that stands twice the last one counts.</summary>
    public static IReadOnlyDictionary<string, string> ToMap(IEnumerable<string> pairs)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var end = pair.IndexOf('=');
            map[pair[..end]] = pair[(end + 1)..];
        }

        return map;
    }

    /// <summary>
    /// An option that takes a moment like 2024-06-01T12:00Z; without a zone it is one of this machine's, and refused
    /// where the clocks skip it or it comes twice. To the second it is that second's end.
    /// </summary>
    public static Option<DateTimeOffset?> Moment(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "TIME",
            CustomParser = ParseMoment,
        };

    /// <summary>An option that takes a duration like 7d.</summary>
    public static Option<TimeSpan> Duration(string name, string description, TimeSpan fallback) =>
        new(name)
        {
            Description = description,
            HelpName = "7d",
            CustomParser = ParseDuration,
            DefaultValueFactory = _ => fallback,
        };

    /// <summary>An option that takes a duration like 30s, or none.</summary>
    public static Option<TimeSpan?> OptionalDuration(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "30s",
            CustomParser = result =>
            {
                var duration = ParseDuration(result);
                if (duration == TimeSpan.Zero && result.Tokens[0].Value.StartsWith('0'))
                {
                    result.AddError($"{name} takes a time longer than nothing, like 30s or 5m");
                }

                return duration;
            },
        };

    // An empty value comes from a script's empty variable, which was not meant as "all tables".
    private static void RefuseNothing(ArgumentResult result)
    {
        if (result.Tokens.Any(t => string.IsNullOrWhiteSpace(t.Value)))
        {
            result.AddError($"{result.Argument.Name} is empty: it takes the name of a table, like ods.ods_daily");
        }
    }

    private static DateTimeOffset? ParseMoment(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        const string Utc = " UTC";
        if (
            DateTimeOffset.TryParseExact(
                text.EndsWith(Utc, StringComparison.Ordinal) ? $"{text[..^Utc.Length]}Z" : text,
                s_moments,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var moment
            )
        )
        {
            if (!HasZone().IsMatch(text) && !TryLocal(moment.DateTime, text, result, out moment))
            {
                return null;
            }

            // Commits have milliseconds, and what people read of them ends with the second: who types that means the
            // state that the commit made, not the one before it.
            return HasSecond().IsMatch(text) ? moment.AddMilliseconds(999) : moment;
        }

        result.AddError($"'{text}' is not a moment like 2024-06-01T12:00Z or 2024-06-01T20:00+08:00");
        return null;
    }

    // A time that the clocks skip does not exist, and of one that comes twice nobody can know which is meant. A day
    // alone begins with its first moment.
    private static bool TryLocal(DateTime local, string text, ArgumentResult result, out DateTimeOffset moment)
    {
        var zone = new LocalTime(TimeZoneInfo.Local);
        var found = zone.MomentsOf(local);
        if (found.Count == 1 || (found.Count > 1 && TradeDate.TryParseIso(text, out _)))
        {
            moment = found[0];
            return true;
        }

        if (found.Count == 0 && TradeDate.TryParseIso(text, out _))
        {
            return TryLocal(local.AddMinutes(15), text, result, out moment);
        }

        moment = default;
        result.AddError(
            found.Count == 0
                ? $"'{text}' does not exist in {zone.Zone}: the clocks skip it. Write another time, or one with its offset, like 2024-06-01T20:00+08:00"
                : $"'{text}' comes twice in {zone.Zone}, because the clocks go back. Write {string.Join(" or ", found.Select(Written))}"
        );
        return false;

        static string Written(DateTimeOffset each) =>
            each.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
    }

    internal static TimeSpan ParseDuration(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (YamlScalars.TryDuration(text, out var duration))
        {
            return duration;
        }

        result.AddError(
            text.All(char.IsAsciiDigit)
                ? $"'{text}' is not a duration: write its unit, like {text}s, {text}m, {text}h or {text}d"
                : $"'{text}' is not a duration like 30s, 12h, 7d or 1d12h"
        );
        return default;
    }

    private static DateOnly? ParseDate(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (TradeDate.TryParseIso(text, out var date))
        {
            return date;
        }

        result.AddError($"'{text}' is not a date like 2022-06-01");
        return null;
    }

    [GeneratedRegex(@":\d\d:\d\d(?!\.)", RegexOptions.ExplicitCapture)]
    private static partial Regex HasSecond();

    [GeneratedRegex(@"(Z|UTC|[+-]\d\d:\d\d)$", RegexOptions.ExplicitCapture)]
    private static partial Regex HasZone();
}
