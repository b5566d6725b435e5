using System.Globalization;
using Spectre.Console;
using Tidemark.Core;
using Tidemark.Operations.Builds;
using Tidemark.Operations.Tables;

namespace Tidemark.Cli.Output;

/// <summary>Writes what a build has built, and what it has not.</summary>
internal static class BuildText
{
    /// <summary>Writes the report of <c>build</c>, with the reason when nothing was built.</summary>
    public static void Write(CommandContext context, BuildReport report)
    {
        foreach (var table in report.Off)
        {
            context.Progress.WriteLine($"{table.Table}: not built, because {table.Because}");
        }

        WriteWarnings(context, report);
        WriteBuilt(context, report);
        if (report.Result is { Built.Count: 0, Failed.Count: 0, Blocked.Count: 0 })
        {
            context.Say(
                report.Result.Kept.Count + report.LeftOut.Count > 0
                    ? "Nothing was built: everything that can be built is up to date."
                : report.Result.Skipped.Any(s => s.Partitions > 0)
                    ? "Nothing was built: everything is up to date (--full builds it again)."
                : "Nothing was built: the inputs have no rows for these days."
            );
        }

        foreach (var kept in report.Result.Kept)
        {
            context.Say(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{kept.Table}: {kept.Partitions} days are kept as they stand ({kept.From.ToIso()} … {kept.To.ToIso()}): {string.Join(", ", kept.Inputs)} no longer has the rows from which they were made"
                )
            );
        }

        WriteUnbuilt(context, report, LeftOutReport.None);
    }

    /// <summary>Writes the build after a run; nothing when everything was up to date.</summary>
    /// <param name="context">The call to write for.</param>
    /// <param name="report">The build; null where there was none.</param>
    /// <param name="leftOut">The report of the lake that follows; faults in it are not written twice.</param>
    public static void WriteAfterRun(CommandContext context, BuildReport? report, LeftOutReport leftOut)
    {
        if (report is null)
        {
            return;
        }

        WriteWarnings(context, report);
        WriteBuilt(context, report);
        WriteUnbuilt(context, report, leftOut);
        if (report.IsStopped)
        {
            context.Progress.WriteLine(
                "the build of the warehouse was stopped. What it committed is kept; `tidemark build` or the next run continues"
            );
        }
    }

    private static void WriteWarnings(CommandContext context, BuildReport report)
    {
        foreach (var warning in report.Result.Warnings)
        {
            context.Progress.WriteLine(warning);
        }
    }

    private static void WriteBuilt(CommandContext context, BuildReport report)
    {
        foreach (var table in report.Tables)
        {
            context.Say(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{table.Table}: {table.Partitions} {(table.Partitions == 1 ? "partition" : "partitions")}, {table.Rows:N0} rows in {table.Seconds:F1} s"
                )
            );
        }
    }

    private static void WriteUnbuilt(CommandContext context, BuildReport report, LeftOutReport leftOut)
    {
        foreach (var unbuilt in report.Unbuilt)
        {
            var day = unbuilt.Dt is { } dt ? $" {dt.ToIso()}" : "";
            var what = unbuilt.Table is { } table ? $"{table}{day}" : "warehouse";
            var told = leftOut.Tables.FirstOrDefault(l =>
                l.Code == unbuilt.Code && unbuilt.Message.Contains(l.Reason, StringComparison.Ordinal)
            );
            context.Progress.WriteLine(
                told is not null ? $"{what}: not built, because {told.Name} is left out"
                : unbuilt.Code is { } code ? $"{what}: {code}: {unbuilt.Message}"
                : $"{what}: not built, because {unbuilt.Message}"
            );
        }
    }
}
