using System.Globalization;
using System.Text;
using Spectre.Console;
using Tidemark.Completeness.Results;
using Tidemark.Core;

namespace Tidemark.Cli.Output;

/// <summary>The tidemark on a terminal: a row a check, a mark a day (or a run of days where the terminal is narrow), a legend.</summary>
internal static class StatusMatrix
{
    private const int LabelWidth = 24;
    private const int MinMarks = 10;

    public static void Write(CommandContext context, StatusReport report)
    {
        var terminal = context.Terminal;
        if (report.Pools.Count == 0)
        {
            terminal.WriteLine(
                report.EvaluatedAt is null
                    ? "Nothing has been evaluated yet. Run `tidemark run` first."
                    : "Nothing is checked here that fits."
            );
            return;
        }

        var width = Math.Max(MinMarks, terminal.Profile.Width - LabelWidth - 2);
        foreach (var pool in report.Pools)
        {
            terminal.WriteLine(pool.Pool, new Style(decoration: Decoration.Bold));
            foreach (var bucket in pool.Buckets)
            {
                foreach (var check in bucket.Checks)
                {
                    WriteCheck(terminal, check, width);
                }
            }
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
                $"{new string(' ', LabelWidth)}  {range.From.ToIso()} … {range.To.ToIso()}  {range.Status}{reason}, {range.Days} days"
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
