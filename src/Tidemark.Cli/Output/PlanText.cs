using System.Globalization;
using Spectre.Console;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Planning;
using Tidemark.Operations.Modules;
using Tidemark.Operations.Planning;

namespace Tidemark.Cli.Output;

/// <summary>What <c>plan</c> says: a line a dataset, what is closed, the sums, and how to have it done.</summary>
internal static class PlanText
{
    private const int NameWidth = 28;

    public static void Write(CommandContext context, PlanPreview preview)
    {
        context.WriteJson(Document(preview));
        if (context.IsJson)
        {
            return;
        }

        var terminal = context.Terminal;
        if (preview.Datasets.Count > 0)
        {
            terminal.WriteLine($"{"dataset", -NameWidth}{"units", 8}{"calls", 9}{"rows", 13}  why");
        }

        foreach (var of in preview.Datasets)
        {
            terminal.WriteLine(
                Text($"{of.Dataset.Id, -NameWidth}{of.Units.Count, 8:N0}{of.Calls, 9:N0}{Rows(of), 13}  {Why(of)}")
            );
        }

        foreach (var of in preview.Deferred)
        {
            terminal.WriteLine($"{of.Id, -NameWidth}{"?", 8}{"?", 9}{"?", 13}  planned once its list is fetched");
        }

        foreach (var of in preview.Closed)
        {
            terminal.MarkupLine(
                Text(
                    $"[yellow]{of.Dataset.Id, -NameWidth}[/]{of.Units, 8:N0}  not entitled: {Markup.Escape(of.Reason)}"
                )
            );
        }

        foreach (var of in preview.Horizons)
        {
            terminal.WriteLine(HorizonText.Of(of));
        }

        foreach (var of in preview.Unreadable)
        {
            terminal.MarkupLine($"[red]{Markup.Escape(of.Dataset)}[/]: {Markup.Escape(of.Reason)}");
        }

        WriteSums(context, preview);
    }

    private static void WriteSums(CommandContext context, PlanPreview preview)
    {
        var terminal = context.Terminal;
        foreach (var note in ModuleNotes.OfPlan(preview.Modules, preview.Named))
        {
            terminal.WriteLine(note);
        }

        if (preview.Closed.Count > 0)
        {
            terminal.WriteLine("What is not entitled is left out; `tidemark preflight` asks the vendor itself.");
        }

        foreach (var account in preview.Accounts ?? [])
        {
            if (AccountText.Of(account, preview.Today) is { } text)
            {
                terminal.WriteLine($"{account.Name}: {text}");
            }
            else if (account.Error is { Kind: ErrorKind.Transient } error)
            {
                terminal.WriteLine(
                    $"{account.Name}: the vendor could not be asked what it opens, so that nothing is left out for it ({error.Message.TrimEnd('.')})"
                );
            }
        }

        var units = preview.Datasets.Sum(of => of.Units.Count);
        var there = preview.There > 0 ? Text($"; {preview.There:N0} are there") : "";
        var givenUp = preview.GivenUp > 0 ? Text($"; {preview.GivenUp:N0} are given up (`tidemark refetch`)") : "";
        if (units == 0)
        {
            terminal.WriteLine($"Nothing is to be fetched{there}{givenUp}.");
            return;
        }

        var rows = preview is { IsRowsKnown: false, Rows: 0 }
            ? "nobody knows yet how many rows"
            : Text($"about {Count(preview.Rows, "row")} and {Math.Ceiling(preview.Bytes / 1e6):N0} MB")
                + (preview.IsRowsKnown ? "" : ", more where rows are not known yet (?)");
        terminal.WriteLine(Text($"{Count(units, "unit")}, {Count(preview.Calls, "call")}, {rows}{there}{givenUp}"));
        terminal.WriteLine(Limits(preview));
        terminal.WriteLine(
            $"`tidemark run --plan {preview.Token}` does exactly this, or says that something has changed"
        );
    }

    private static string Limits(PlanPreview preview)
    {
        var slowest = preview.Quota.MaxBy(of => of.AtLeast);
        return preview.Quota.All(of => of.Limits.Count == 0) ? "no rate limit is known"
            : slowest is null || slowest.AtLeast == TimeSpan.Zero ? "within one window of every rate limit"
            : slowest.Wait == slowest.AtLeast
                ? Text(
                    $"at least {Duration(slowest.AtLeast)} by the rate limits: until then the calls of {slowest.Api} at {string.Join(", ", slowest.Limits)} are used up"
                )
            : Text(
                $"at least {Duration(slowest.AtLeast)} by the rate limits: {slowest.Calls:N0} calls of {slowest.Api} at {string.Join(", ", slowest.Limits)}"
            );
    }

    private static string Rows(DatasetCost of) =>
        of.Rows is { } rows ? rows.ToString("N0", CultureInfo.InvariantCulture) : "?";

    private static string Why(DatasetCost of) =>
        string.Join(
            ", ",
            of.Units.GroupBy(unit => unit.Reason)
                .OrderBy(reason => reason.Key)
                .Select(reason => Text($"{reason.Count():N0} {Words(reason.Key)}"))
                .Concat(of.ProofCalls == 0 ? [] : [$"first {Count(of.ProofCalls, "call")} to prove it by symbol"])
        );

    private static string Words(UnitReason reason) =>
        reason switch
        {
            UnitReason.Missing => "missing",
            UnitReason.NotWhole => "not whole",
            UnitReason.Behind => "behind",
            UnitReason.Changed => "changed",
            UnitReason.Damaged => "damaged",
            UnitReason.MayExcuse => "may excuse missing rows",
            _ => "once more",
        };

    private static string Count(long number, string of) => Text($"{number:N0} {of}{(number == 1 ? "" : "s")}");

    private static string Duration(TimeSpan time) =>
        time.TotalHours < 2 ? Text($"{Math.Ceiling(time.TotalMinutes):N0} min")
        : time.TotalDays < 2 ? Text($"{time.TotalHours:N1} hours")
        : Text($"{time.TotalDays:N1} days");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static object Document(PlanPreview preview) =>
        new
        {
            token = preview.Token,
            units = preview.Units.Select(unit => new
            {
                dataset = unit.Dataset.Id,
                period = unit.Id.Period.ToString(),
                part = unit.Id.Part,
                reason = Words(unit.Reason).Replace(' ', '_'),
                problem = unit.Problem,
            }),
            calls = preview.Calls,
            proofs = preview
                .Datasets.Where(of => of.ProofCalls > 0)
                .Select(of => new { dataset = of.Dataset.Id, calls = of.ProofCalls }),
            minutes = Math.Round(preview.AtLeast.TotalMinutes, 2),
            rows = preview.Rows,
            bytes = preview.Bytes,
            quota = preview.Quota.Select(of => new
            {
                vendor = of.Vendor,
                api = of.Api,
                calls = of.Calls,
                limits = of.Limits.Select(limit => limit.ToString()),
            }),
            not_entitled = preview.Closed.Select(of => new
            {
                dataset = of.Dataset.Id,
                units = of.Units,
                reason = of.Reason,
            }),
            deferred = preview.Deferred.Select(of => of.Id),
            vendor_horizon = preview.Horizons.Select(of => new
            {
                dataset = of.Dataset,
                first = of.First.ToIso(),
                learned = of.IsLearned,
                units = of.Units,
            }),
            unreadable = preview.Unreadable.Select(of => new { dataset = of.Dataset, reason = of.Reason }),
            account = (preview.Accounts ?? []).SelectMany(of =>
                of.Parts.Select(part => new
                {
                    account = of.Name,
                    points = part.Points,
                    until = part.Until.ToIso(),
                })
            ),
            outside_plan = ModuleDocument.OutsidePlan(preview.Modules),
            there = preview.There,
            given_up = preview.GivenUp,
        };
}
