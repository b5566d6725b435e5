using System.Globalization;
using Spectre.Console;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Operations.Symbols.Targets;
using Tidemark.Operations.Targets;

namespace Tidemark.Cli.Output;

/// <summary>Writes targets, what changes of them, and tags.</summary>
internal sealed class TargetsText(CommandContext context)
{
    private const int NamedMax = 10;

    public void Write(ListTargetsResponse response)
    {
        context.WriteJson(
            new
            {
                day = response.Day?.ToIso(),
                targets = response.Targets.Select(t => new
                {
                    symbol = t.Symbol,
                    kind = t.Kind?.Name(),
                    registered = t.IsRegistered,
                    reasons = t.Reasons,
                }),
                rules = Documents(response.Rules),
                unknown = response.Unknown.Select(m => new { typed = m.Typed, candidates = m.Candidates }),
            }
        );
        if (context.IsJson)
        {
            return;
        }

        if (response.Targets.Count > 0)
        {
            var table = new Table().Border(TableBorder.Simple).AddColumns("symbol", "kind", "why");
            foreach (var target in response.Targets)
            {
                table.AddRow(
                    Markup.Escape(target.Symbol),
                    target.Kind?.Name() ?? (target.IsRegistered ? "–" : "in no list"),
                    Markup.Escape(string.Join(", ", target.Reasons))
                );
            }

            context.Terminal.Write(table);
        }

        WriteProblems(response.Rules);
        context.Say(
            response.Targets.Count == 0 && response.Rules.Count == 0
                ? "No targets yet: `tidemark targets add 600519.SH`, or pools.targets in tidemark.yaml."
                : Counted(response.Targets.Count, response.Day)
        );
    }

    public void Write(TargetDiff diff, bool isPreview = false)
    {
        context.WriteJson(
            new
            {
                added = diff.Added.Select(Document),
                removed = diff.Removed.Select(Document),
                changed = diff.Changed.Select(c => new
                {
                    symbol = c.Symbol,
                    before = c.Before,
                    after = c.After,
                }),
                targets = diff.After.Targets.Count,
                rules = Documents(diff.After.Rules),
            }
        );
        if (context.IsJson)
        {
            return;
        }

        Write("added", diff.Added.Select(t => $"{t.Symbol} ({string.Join(", ", t.Reasons)})"), diff.Added.Count);
        Write("removed", diff.Removed.Select(t => $"{t.Symbol} ({string.Join(", ", t.Reasons)})"), diff.Removed.Count);
        Write(
            "for other reasons",
            diff.Changed.Select(c => $"{c.Symbol} ({string.Join(", ", c.Before)} → {string.Join(", ", c.After)})"),
            diff.Changed.Count
        );
        WriteProblems(diff.After.Rules);
        var isSame = diff.Added.Count + diff.Removed.Count + diff.Changed.Count == 0;
        context.Say(
            $"{(isSame ? "The targets stay as they are. " : "")}{Counted(diff.After.Targets.Count, diff.After.Day)}{(isPreview ? " Nothing was changed." : "")}"
        );
    }

    public void Write(ListTagsResponse response)
    {
        context.WriteJson(
            new
            {
                day = response.Day.ToIso(),
                prefixes = response.Prefixes.Select(p => new
                {
                    prefix = p.Prefix,
                    values = p.Values,
                    waits_for = p.WaitsFor,
                }),
                tags = response.Tags.Select(t => new { tag = t.Tag, instruments = t.Instruments }),
            }
        );
        if (context.IsJson)
        {
            return;
        }

        var isByValue = response.Tags.Count > 0;
        var table = new Table().Border(TableBorder.Simple);
        _ = isByValue ? table.AddColumns("tag", "instruments") : table.AddColumns("begins with", "values", "waits for");
        foreach (var tag in response.Tags)
        {
            table.AddRow(Markup.Escape(tag.Tag), tag.Instruments.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var prefix in isByValue ? [] : response.Prefixes)
        {
            table.AddRow(
                Markup.Escape($"{prefix.Prefix}:"),
                prefix.Values.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(string.Join(", ", prefix.WaitsFor))
            );
        }

        context.Terminal.Write(table);
        context.Say($"As of {response.Day.ToIso()}, by the newest lists of the lake.");
    }

    private static IEnumerable<object> Documents(IReadOnlyList<TargetRuleOutcome> rules) =>
        rules.Select(r => new
        {
            rule = r.Reason,
            count = r.Count,
            problem = r.Problem,
            waits_for = r.WaitsFor.Select(l => l.Dataset),
        });

    private static object Document(Target target) => new { symbol = target.Symbol, reasons = target.Reasons };

    private static string Counted(int count, DateOnly? day) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{count} {(count == 1 ? "target" : "targets")}{(day is { } of ? $" as of {of.ToIso()}" : "")}."
        );

    private void Write(string what, IEnumerable<string> named, int count)
    {
        if (count > 0)
        {
            var more = count > NamedMax ? $", and {count - NamedMax} more (--json has all)" : "";
            context.Say(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what}: {count}: {string.Join(", ", named.Take(NamedMax))}{more}"
                )
            );
        }
    }

    private void WriteProblems(IReadOnlyList<TargetRuleOutcome> rules)
    {
        foreach (var rule in rules.Where(r => r.Problem is not null))
        {
            var next = rule.WaitsFor.Count > 0 ? " The next `tidemark run targets` fetches it first." : "";
            context.World.Error.WriteLine($"{rule.Reason}: {rule.Problem}{next}");
        }
    }
}
