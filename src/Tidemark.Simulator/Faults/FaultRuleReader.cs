using Tidemark.Definitions.Yaml;

namespace Tidemark.Simulator.Faults;

/// <summary>Reads one rule. Notes every fault; a rule with faults is never used.</summary>
internal static class FaultRuleReader
{
    private const string KeyOrder =
        "error, http, delay, drop, truncate, duplicate, garbage, rate_limit, no_permission, empty, stale";

    private const int LongestMilliseconds = 3_600_000;

    private static readonly Dictionary<string, string> s_vendors = new()
    {
        ["tushare"] = "tushare",
        ["aktools"] = "aktools",
        ["tws"] = "tws",
    };

    /// <summary>The kinds that need only their word.</summary>
    private static readonly Dictionary<string, FaultKind> s_words = new()
    {
        ["drop"] = FaultKind.Drop,
        ["truncate"] = FaultKind.Truncate,
        ["duplicate"] = FaultKind.Duplicate,
        ["garbage"] = FaultKind.Garbage,
        ["rate_limit"] = FaultKind.RateLimit,
        ["no_permission"] = FaultKind.NoPermission,
        ["empty"] = FaultKind.Empty,
        ["stale"] = FaultKind.Stale,
        ["repeat_page"] = FaultKind.RepeatPage,
        ["wrong_date"] = FaultKind.WrongDate,
        ["silent"] = FaultKind.Silent,
        ["hang_up"] = FaultKind.HangUp,
        ["split"] = FaultKind.Split,
        ["merge"] = FaultKind.Merge,
        ["extra_fields"] = FaultKind.ExtraFields,
        ["unknown_message"] = FaultKind.UnknownMessage,
        ["no_end"] = FaultKind.NoEnd,
        ["competing_session"] = FaultKind.CompetingSession,
        ["id_in_use"] = FaultKind.ClientIdInUse,
    };

    /// <summary>The kinds with a length in milliseconds.</summary>
    private static readonly Dictionary<string, FaultKind> s_lengths = new()
    {
        ["slow_ticks"] = FaultKind.SlowTicks,
        ["link_lost"] = FaultKind.LinkLost,
        ["link_interrupted"] = FaultKind.LinkInterrupted,
    };

    /// <summary>The vendors that a rule may name.</summary>
    public static IEnumerable<string> Vendors => s_vendors.Keys;

    /// <summary>The kinds that need only their word.</summary>
    public static IEnumerable<string> Words => s_words.Keys;

    public static FaultRule Read(YamlSection rule) =>
        new(
            rule.Word("vendor", s_vendors, ""),
            rule.Text("api", ""),
            rule.TextMap("params"),
            ReadWhen(rule),
            ReadDo(rule)
        );

    private static FaultTrigger ReadWhen(YamlSection rule)
    {
        if (!rule.Has("when"))
        {
            return new FaultTrigger.Always();
        }

        var when = rule.Section("when");
        var triggers = new List<FaultTrigger>();
        if (when.Has("nth"))
        {
            triggers.Add(new FaultTrigger.Nth(when.Int("nth", 1, 1)));
        }

        if (when.Has("every"))
        {
            triggers.Add(new FaultTrigger.Every(when.Int("every", 1, 1)));
        }

        if (when.Has("probability"))
        {
            triggers.Add(new FaultTrigger.Probability(when.Double("probability", 0, 0, 1)));
        }

        if (when.Has("between"))
        {
            triggers.Add(ReadBetween(when));
        }

        if (triggers.Count != 1)
        {
            rule.Problem("when", $"has {triggers.Count} conditions, expected one of nth, every, probability, between");
            return new FaultTrigger.Always();
        }

        return triggers[0];
    }

    private static FaultTrigger ReadBetween(YamlSection when)
    {
        var ends = when.TextList("between") ?? [];
        if (ends.Count == 2)
        {
            if (
                YamlScalars.TryInt(ends[0], out var first)
                && YamlScalars.TryInt(ends[1], out var last)
                && first >= 1
                && first <= last
            )
            {
                return new FaultTrigger.Between(first, last);
            }

            if (YamlScalars.TryTime(ends[0], out var from) && YamlScalars.TryTime(ends[1], out var until))
            {
                return new FaultTrigger.During(from, until);
            }
        }

        when.Problem(
            "between",
            "expects two numbers of calls like [2, 4] or two Beijing times like [\"09:30\", \"10:00\"]"
        );
        return new FaultTrigger.Always();
    }

    private static Fault ReadDo(YamlSection rule)
    {
        if (!rule.Has("do"))
        {
            rule.Problem("do", $"is missing: say what goes wrong, for example {KeyOrder}");
            return new Fault(FaultKind.Delay);
        }

        if (rule.HoldsText("do"))
        {
            return new Fault(rule.Word("do", s_words, FaultKind.Empty));
        }

        var section = rule.Section("do");
        TimeSpan? delay = section.Has("delay")
            ? TimeSpan.FromMilliseconds(section.Int("delay", 0, 0, LongestMilliseconds))
            : null;
        var faults = ReadKinds(section);
        if (faults.Count > 1 || (faults.Count == 0 && delay is null))
        {
            rule.Problem("do", $"names {faults.Count} faults, expected one (with or without delay): {KeyOrder}");
        }

        return (faults.Count > 0 ? faults[0] : new Fault(FaultKind.Delay)) with
        {
            Delay = delay,
        };
    }

    private static List<Fault> ReadKinds(YamlSection section)
    {
        var faults = new List<Fault>();
        if (section.Has("error"))
        {
            var error = section.Section("error");
            faults.Add(
                new Fault(FaultKind.Error, Code: error.RequiredInt("code"), Text: error.RequiredText("message"))
            );
        }

        if (section.Has("http"))
        {
            faults.Add(new Fault(FaultKind.Http, HttpStatus: section.Int("http", 502, 400, 599)));
        }

        if (section.Has("drop_column"))
        {
            faults.Add(new Fault(FaultKind.DropColumn, Column: section.RequiredText("drop_column")));
        }

        if (section.Has("version"))
        {
            faults.Add(new Fault(FaultKind.Version, Code: section.Int("version", 0, 0)));
        }

        foreach (var (key, kind) in s_lengths)
        {
            if (section.Has(key))
            {
                faults.Add(
                    new Fault(kind, After: TimeSpan.FromMilliseconds(section.Int(key, 0, 0, LongestMilliseconds)))
                );
            }
        }

        AddColumnFault(section, "rename_column", FaultKind.RenameColumn, faults);
        AddColumnFault(section, "text_number", FaultKind.TextNumber, faults);
        foreach (var (word, kind) in s_words)
        {
            if (section.Has(word) && section.Bool(word, fallback: true))
            {
                faults.Add(new Fault(kind));
            }
        }

        return faults;
    }

    /// <summary>Adds a fault of the form <c>kind: {column: text}</c>.</summary>
    private static void AddColumnFault(YamlSection section, string key, FaultKind kind, List<Fault> faults)
    {
        if (!section.Has(key))
        {
            return;
        }

        var pairs = section.TextMap(key);
        if (pairs.Count != 1)
        {
            section.Problem(key, "expects one column and what it becomes, like {vol: volume}");
        }

        foreach (var (column, text) in pairs.Take(1))
        {
            faults.Add(new Fault(kind, Column: column, Text: text));
        }
    }
}
