using System.Globalization;
using System.Text;
using Spectre.Console;
using Tidemark.Completeness.Results;
using Tidemark.Core.Runs;
using Tidemark.Core;
using Tidemark.Operations.Status;

namespace Tidemark.Cli.Output;

/// <summary>
/// The tidemark on a terminal: a row a check, a mark a day (or a run of days where the terminal is narrow), a legend.
/// </summary>
internal static class StatusMatrix
{
    private const int LabelWidth = 24;
    private const int MinMarks = 10;

    /// <summary>More lines of gaps than these tell nobody more; <c>--json</c> has all of them.</summary>
    private const int GapLines = 40;

    /// <summary>So many symbols tell which ones are meant.</summary>
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
                            : "Nothing is checked here that fits."
                    )
            );
            return;
        }

        var width = Math.Max(MinMarks, context.LayoutWidth - LabelWidth - 2);
        foreach (var pool in report.Pools)
        {
            terminal.WriteLine(pool.Pool.ViewName(), new Style(decoration: Decoration.Bold));
            foreach (var bucket in pool.Buckets)
            {
                foreach (var check in bucket.Checks)
                {
                    WriteCheck(terminal, check, width);
                }
            }
        }

        WriteNoGaps(terminal, report);
        foreach (var units in response.Units)
        {
            WriteUnits(terminal, units);
        }

        terminal.MarkupLine(
            "[green]█[/] complete  [green]▆[/] ≥ 99 %  [yellow]▄[/] ≥ 50 %  [red]▁[/] less  [red]×[/] missing  [grey]·[/] not started  [grey]–[/] not applicable"
        );
        if (report.EvaluatedAt is { } at)
        {
            terminal.WriteLine($"as of {report.AsOf?.ToIso() ?? "–"}, evaluated {at:yyyy-MM-dd HH:mm} UTC");
        }
    }

    private static void WriteCheck(IAnsiConsole terminal, CheckStatus check, int width)
    {
        if (check.NotEvaluated is { } fault)
        {
            terminal.MarkupLine(
                $"[red]{Markup.Escape(check.Check)}: not evaluated {(check.EvaluatedAt is { } at ? $"since {at:yyyy-MM-dd HH:mm} UTC" : "yet")}[/] ({fault.Code}): {Markup.Escape(fault.Message)}"
            );
            if (check.Days.Count + check.Ranges.Count == 0)
            {
                return;
            }
        }

        var counts = check.Counts;
        var reasons =
            check.Reasons.Count == 0
                ? ""
                : $" ({string.Join(", ", check.Reasons.Select(r => $"{r.Key} {Number(r.Value)}"))})";
        var marks = new StringBuilder();
        foreach (var group in Grouped(check.Days, width))
        {
            marks.Append(Mark(group));
        }

        terminal.MarkupLine($"{Markup.Escape(check.Check.PadRight(LabelWidth))}  {marks}");
        terminal.MarkupLine(
            $"{new string(' ', LabelWidth)}  [grey]{check.From.ToIso()} … {check.To.ToIso()}:[/] {Number(counts.Complete)} complete"
                + Part(counts.Partial, "partial", "yellow")
                + Part(counts.Missing, "missing", "red")
                + (
                    counts.NotApplicable > 0
                        ? $", {Number(counts.NotApplicable)} not applicable{Markup.Escape(reasons)}"
                        : ""
                )
                + Part(counts.NotStarted, "not started", "grey")
                + $" of {Number(counts.Cells)}"
        );
        foreach (var range in check.Ranges)
        {
            var reason = range.Reason.Length > 0 ? $" ({range.Reason})" : "";
            terminal.WriteLine(
                $"{new string(' ', LabelWidth)}  {range.From.ToIso()} … {range.To.ToIso()}  {range.Status}{reason}, {range.Days} {(range.Days == 1 ? "day" : "days")}"
            );
        }

        WriteGaps(terminal, check.Gaps ?? []);
    }

    private static void WriteUnits(IAnsiConsole terminal, DatasetUnits units)
    {
        string[] parts =
        [
            units.NextAt is { } next
                ? $"{Units(units.Open)} not whole and tried again, from {next.UtcDateTime:yyyy-MM-dd HH:mm} UTC on"
                : "",
            units.Outside is { } outside
                ? $"{Units(outside.Count, " outside of the plan")} not whole (`tidemark backfill --from {outside.From.ToIso()} --to {outside.To.ToIso()}` tries again)"
                : "",
            units.GivenUp > 0
                ? $"{Number(units.GivenUp)} given up (`tidemark refetch {units.Dataset}` tries again)"
                : "",
        ];
        terminal.WriteLine($"{units.Dataset}: {string.Join("; ", parts.Where(part => part.Length > 0))}");
    }

    private static string Units(int count, string which = "") =>
        count == 1 ? $"1 unit{which} is" : $"{Number(count)} units{which} are";

    /// <summary>
    /// A line for each range of days, with who is missing then: a day on which the whole market is missing is one line.
    /// </summary>
    private static void WriteGaps(IAnsiConsole terminal, IReadOnlyList<EntityGaps> gaps)
    {
        var indent = new string(' ', LabelWidth);
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
                    ? $"{indent}  {who[0]} {status} {when}"
                    : $"{indent}  {Number(who.Length)} symbols {status} {when}: {string.Join(", ", who.Take(GapNames))}{(who.Length > GapNames ? ", …" : "")}"
            );
        }

        if (groups.Length > GapLines)
        {
            terminal.WriteLine(
                $"{indent}  … {Number(groups.Length - GapLines)} more; --json has them all, --from, --to, --check and --entity narrow them"
            );
        }
    }

    /// <summary>Who asks what is missing is told that nothing is, rather than nothing.</summary>
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

    // Several days share a mark when there are more of them than columns; the mark shows the worst of them.
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
