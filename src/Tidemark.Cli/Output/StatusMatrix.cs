using System.Globalization;
using System.Text;
using Spectre.Console;
using Tidemark.Completeness.Results;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;
using Tidemark.Operations.Modules;
using Tidemark.Operations.Status;

namespace Tidemark.Cli.Output;

/// <summary>
/// Draws the tidemark on a terminal: one row per check, one mark per day (or several days on a narrow terminal), a
/// legend.
/// </summary>
internal static class StatusMatrix
{
    private const int LabelWidth = 24;
    private const int MinMarks = 10;

    private const string Legend =
        "[green]█[/] complete  [green]▆[/] ≥99%  [yellow]▄[/] ≥50%  [red]▁[/] less  [red]×[/] missing  [grey]·[/] not started  [grey]–[/] not applicable";

    private static readonly string s_indent = new(' ', LabelWidth + 2);

    /// <summary>No more than this many lines of gaps are shown; <c>--json</c> has all.</summary>
    private const int GapLines = 40;

    /// <summary>No more than this many symbols are named in a line.</summary>
    private const int GapNames = 8;

    public static void Write(CommandContext context, StatusResponse response)
    {
        var report = response.Report;
        var terminal = context.Terminal;
        if (report.Pools.Count == 0)
        {
            terminal.WriteLine(
                response.Note
                    ?? (
                        report.EvaluatedAt is null
                            ? "Nothing has been evaluated yet. Run `tidemark run` first."
                            : "No check fits the filters."
                    )
            );
            WriteUnchecked(terminal, response.Unchecked);
            WriteModules(terminal, response);
            return;
        }

        var width = Math.Max(MinMarks, context.LayoutWidth - LabelWidth - 2);
        foreach (var pool in report.Pools)
        {
            var checks = pool.Buckets.SelectMany(b => b.Checks).ToArray();
            var days = Days(checks);
            terminal.MarkupLine($"[bold]{pool.Pool.ViewName()}[/]{(days is { } d ? $"  [grey]{Text(d)}[/]" : "")}");
            foreach (var check in checks)
            {
                WriteCheck(context, check, width, days);
            }
        }

        WriteNoGaps(terminal, report);
        foreach (var units in response.Units)
        {
            WriteUnits(context, units);
        }

        WriteUnchecked(terminal, response.Unchecked);
        WriteModules(terminal, response);
        terminal.MarkupLine(Legend);
        if (report.EvaluatedAt is { } at)
        {
            terminal.WriteLine($"as of {report.AsOf?.ToIso() ?? "–"}, evaluated {context.Time.Minute(at)}");
        }
    }

    // The days of most checks; they are written at the head of a pool instead of in each line.
    private static (DateOnly From, DateOnly To)? Days(IReadOnlyList<CheckStatus> checks) =>
        checks.Count == 0
            ? null
            : checks.CountBy(c => (c.From, c.To)).OrderByDescending(d => d.Value).Select(d => d.Key).First();

    private static string Text((DateOnly From, DateOnly To) days) => $"{days.From.ToIso()} … {days.To.ToIso()}";

    private static void WriteCheck(
        CommandContext context,
        CheckStatus check,
        int width,
        (DateOnly From, DateOnly To)? days
    )
    {
        var terminal = context.Terminal;
        if (check.NotEvaluated is { } fault)
        {
            terminal.MarkupLine(
                $"[red]{Markup.Escape(check.Check)}: not evaluated {(check.EvaluatedAt is { } at ? $"since {context.Time.Minute(at)}" : "yet")}[/] ({fault.Code}): {Markup.Escape(fault.Message)}"
            );
            if (check.Days.Count + check.Ranges.Count == 0)
            {
                return;
            }
        }

        var marks = new StringBuilder();
        foreach (var group in Grouped(check.Days, width))
        {
            marks.Append(Mark(group));
        }

        terminal.MarkupLine($"{Markup.Escape(check.Check.PadRight(LabelWidth))}  {marks}");
        if ((check.From, check.To) != days)
        {
            terminal.MarkupLine($"{s_indent}[grey]{Text((check.From, check.To))}[/]");
        }

        foreach (var line in Lines(Parts(check), width))
        {
            terminal.MarkupLine($"{s_indent}{line}");
        }

        foreach (var range in check.Ranges)
        {
            var reason = range.Reason.Length > 0 ? $" ({range.Reason})" : "";
            terminal.WriteLine(
                $"{s_indent}{range.From.ToIso()} … {range.To.ToIso()}  {range.Status}{reason}, {range.Days} {(range.Days == 1 ? "day" : "days")}"
            );
        }

        WriteGaps(terminal, check.Gaps ?? []);
    }

    // The counts of a check's cells by state, with the reasons of the not applicable ones instead of their sum.
    private static IEnumerable<(string Text, string Color)> Parts(CheckStatus check)
    {
        var counts = check.Counts;
        var applicable = counts.Cells - counts.NotApplicable;
        if (applicable > 0 || counts.Cells == 0)
        {
            yield return ($"{Number(counts.Complete)} of {Number(applicable)} complete", "default");
        }

        foreach (
            var (count, name, color) in new[]
            {
                (counts.Partial, "partial", "yellow"),
                (counts.Missing, "missing", "red"),
                (counts.NotStarted, "not started", "grey"),
            }
        )
        {
            if (count > 0)
            {
                yield return ($"{Number(count)} {name}", color);
            }
        }

        foreach (var (reason, count) in check.Reasons)
        {
            yield return ($"{Number(count)} {reason}", "grey");
        }

        var unexplained = counts.NotApplicable - check.Reasons.Sum(r => r.Value);
        if (unexplained > 0)
        {
            yield return ($"{Number(unexplained)} not applicable", "grey");
        }
    }

    /// <summary>Puts as many parts in a line as fit beside the names of checks or datasets.</summary>
    public static IEnumerable<string> Lines(IEnumerable<(string Text, string Color)> parts, int width)
    {
        var line = new StringBuilder();
        var used = 0;
        foreach (var (text, color) in parts)
        {
            if (used > 0)
            {
                line.Append(", ");
                used += 2;
                if (used + text.Length > width)
                {
                    yield return line.ToString().TrimEnd();
                    line.Clear();
                    used = 0;
                }
            }

            line.Append(CultureInfo.InvariantCulture, $"[{color}]{Markup.Escape(text)}[/]");
            used += text.Length;
        }

        yield return line.ToString();
    }

    private static void WriteUnits(CommandContext context, DatasetUnits units)
    {
        string[] parts =
        [
            units.NextAt is { } next
                ? $"{Units(units.Open)} not whole and tried again, from {context.Time.Minute(next)} on"
                : "",
            units.Outside is { } outside
                ? $"{Units(outside.Count, " outside of the plan")} not whole (`tidemark backfill --from {outside.From.ToIso()} --to {outside.To.ToIso()}` tries again)"
                : "",
            units.GivenUp > 0
                ? $"{Number(units.GivenUp)} given up (`tidemark refetch {units.Dataset}` tries again)"
                : "",
        ];
        context.Terminal.WriteLine($"{units.Dataset}: {string.Join("; ", parts.Where(part => part.Length > 0))}");
    }

    /// <summary>Writes what daily runs leave out, and who said so.</summary>
    private static void WriteModules(IAnsiConsole terminal, StatusResponse response)
    {
        foreach (var note in response.Modules is { } decided ? ModuleNotes.Of(decided, []) : [])
        {
            terminal.WriteLine(note);
        }
    }

    /// <summary>Writes datasets that have no row above because no check requires them.</summary>
    private static void WriteUnchecked(IAnsiConsole terminal, IReadOnlyList<UncheckedUnits> datasets)
    {
        if (datasets.Count > 0)
        {
            terminal.WriteLine("datasets without a check", new Style(decoration: Decoration.Bold));
        }

        Bucket? bucket = null;
        foreach (var of in datasets)
        {
            if (of.Bucket != bucket)
            {
                bucket = of.Bucket;
                terminal.MarkupLine($"[grey]{of.Bucket.Name()}[/]");
            }

            var newest = of.Newest is { } period ? $", newest {period}" : "";
            terminal.MarkupLine(
                $"{Markup.Escape(of.Dataset.PadRight(LabelWidth))}  {Number(of.There)} of {Number(of.Wanted)} units{newest}"
                    + Part(of.Missing, "missing", "red")
                    + Part(of.GivenUp, "given up", "yellow")
            );
            if (of.Problem is { } problem)
            {
                terminal.MarkupLine($"{s_indent}[red]{Markup.Escape(problem)}[/]");
            }
        }
    }

    private static string Units(int count, string which = "") =>
        count == 1 ? $"1 unit{which} is" : $"{Number(count)} units{which} are";

    /// <summary>
    /// Writes one line per range of days, with the symbols that are missing then: a day without the whole market is one
    /// line.
    /// </summary>
    private static void WriteGaps(IAnsiConsole terminal, IReadOnlyList<EntityGaps> gaps)
    {
        var groups = gaps.SelectMany(g => g.Ranges.Select(r => (g.Entity, Range: r)))
            .GroupBy(g => (g.Range.From, g.Range.To, g.Range.Days, g.Range.Status), g => g.Entity)
            .OrderBy(g => g.Key.From)
            .ThenBy(g => g.Key.To)
            .ToArray();
        foreach (var group in groups.Take(GapLines))
        {
            var (from, to, days, status) = group.Key;
            var when = days == 1 ? from.ToIso() : $"{from.ToIso()} … {to.ToIso()} ({days} days)";
            var who = group.Order(StringComparer.Ordinal).ToArray();
            terminal.WriteLine(
                who.Length == 1
                    ? $"{s_indent}{who[0]} {status} {when}"
                    : $"{s_indent}{Number(who.Length)} symbols {status} {when}: {string.Join(", ", who.Take(GapNames))}{(who.Length > GapNames ? ", …" : "")}"
            );
        }

        if (groups.Length > GapLines)
        {
            terminal.WriteLine(
                $"{s_indent}… {Number(groups.Length - GapLines)} more; --json has them all, --from, --to, --check and --entity narrow them"
            );
        }
    }

    /// <summary>Says that there are no gaps, instead of printing nothing.</summary>
    private static void WriteNoGaps(IAnsiConsole terminal, StatusReport report)
    {
        if (report.Checks.All(c => c.Gaps is { Count: 0 }))
        {
            var total = report.Total;
            terminal.WriteLine(
                $"Nothing is missing or partial{(total.NotStarted > 0 ? $"; {Number(total.NotStarted)} cells were never started" : "")}."
            );
        }
    }

    private static string Part(long count, string name, string color) =>
        count > 0 ? $", [{color}]{Number(count)} {name}[/]" : "";

    // Where there are more days than columns, several days share a mark, which shows the worst of them.
    private static IEnumerable<StatusCounts> Grouped(IReadOnlyList<DayStatus> days, int width)
    {
        var size = Math.Max(1, (days.Count + width - 1) / width);
        for (var i = 0; i < days.Count; i += size)
        {
            var worst = days[i].Counts;
            for (var j = i + 1; j < Math.Min(i + size, days.Count); j++)
            {
                worst = Share(days[j].Counts) < Share(worst) ? days[j].Counts : worst;
            }

            yield return worst;
        }
    }

    private static double Share(StatusCounts counts)
    {
        var applicable = counts.Cells - counts.NotApplicable;
        return applicable == 0 ? 1 : (double)counts.Complete / applicable;
    }

    private static string Mark(StatusCounts counts)
    {
        var applicable = counts.Cells - counts.NotApplicable;
        if (applicable == 0)
        {
            return "[grey]–[/]";
        }

        if (counts.NotStarted == applicable)
        {
            return "[grey]·[/]";
        }

        return Share(counts) switch
        {
            >= 1 => "[green]█[/]",
            >= 0.99 => "[green]▆[/]",
            >= 0.5 => "[yellow]▄[/]",
            > 0 => "[red]▁[/]",
            _ => "[red]×[/]",
        };
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
