using Spectre.Console;
using Tidemark.Core.Datasets;
using Tidemark.Ingest.Modules;
using Tidemark.Ingest.Preflight;
using Tidemark.Operations.Modules;

namespace Tidemark.Cli.Output;

/// <summary>What <c>sources</c> says: a line a module, below its domain.</summary>
internal static class SourcesText
{
    private const int NameWidth = 36;
    private const int StateWidth = 12;

    public static void Write(CommandContext context, SourcesResponse response)
    {
        context.WriteJson(
            new
            {
                ready = response.Ready,
                domains = response.Domains.Select(of => new
                {
                    domain = of.Domain.Name(),
                    enabled = of.IsEnabled,
                    provider = of.Provider,
                    token_mode = of.TokenMode,
                    token_source = of.TokenSource,
                    modules = of.Modules.Select(Document),
                }),
                issues = response.Issues,
                problems = response.Problems,
            }
        );
        if (context.IsJson)
        {
            return;
        }

        foreach (var domain in response.Domains)
        {
            context.Terminal.MarkupLine(
                $"[bold]{domain.Domain.Name()}[/]{(domain.IsEnabled ? "" : " (off)")}  [grey]{Markup.Escape(domain.Provider)}, token: {domain.TokenSource}[/]"
            );
            foreach (var module in domain.Modules)
            {
                context.Terminal.WriteLine(
                    $"  {module.Decision.Module, -NameWidth}{(module.Decision.IsEnabled ? "on" : "off"), -4} {module.Test, -StateWidth} {Remark(context, module)}".TrimEnd()
                );
            }
        }

        foreach (var line in response.Problems.Concat(response.Issues.Select(i => $"{i.Level} {i.Code}: {i.Message}")))
        {
            context.Progress.WriteLine(line);
        }
    }

    public static void Write(CommandContext context, TestSourcesResponse response)
    {
        context.WriteJson(new { probes = response.Probes });
        if (!context.IsJson)
        {
            WriteProbes(context, response.Probes);
        }
    }

    public static void WriteProbes(CommandContext context, IEnumerable<ProbeRecord> probes)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("module", "api", "status", "message");
        foreach (var probe in probes)
        {
            table.AddRow(probe.ModuleId, probe.Api, probe.Status, Markup.Escape(probe.Message ?? ""));
        }

        context.Terminal.Write(table);
    }

    /// <summary>Who said whether it is configured, as JSON has it.</summary>
    public static string WordOf(ConfiguredBy by) =>
        by switch
        {
            ConfiguredBy.Standby => "standby",
            ConfiguredBy.FileOn => "file_on",
            ConfiguredBy.FileOff => "file_off",
            ConfiguredBy.SourceModule => "source_module",
            ConfiguredBy.SourceDomain => "source_domain",
            ConfiguredBy.SourceProvider => "source_provider",
            ConfiguredBy.Retired => "retired",
            _ => "definition",
        };

    private static object Document(SourceModule module) =>
        new
        {
            module = module.Decision.Module,
            datasets = module.Decision.Datasets.Select(d => d.Dataset.Id),
            configured = module.Decision.IsConfigured,
            by = WordOf(module.Decision.By),
            allowed = module.Decision.IsAllowed,
            flags = module.Decision.Flags,
            closed_by = module.Decision.ClosedBy,
            enabled = module.Decision.IsEnabled,
            entitled = module.Decision.Refusal is null,
            test = module.Test,
            tested_at = module.TestedAt,
            message = module.Message,
        };

    private static string Remark(CommandContext context, SourceModule module)
    {
        var decision = module.Decision;
        string[] parts =
        [
            decision.IsConfigured ? "" : Because(decision.By),
            decision.IsConfigured && decision.ClosedBy is { } flag ? $"flag {flag} is off" : "",
            module.TestedAt is { } at ? context.Time.Minute(at) : "",
            module.Message ?? "",
        ];
        return string.Join("; ", parts.Where(part => part.Length > 0));
    }

    private static string Because(ConfiguredBy by) =>
        by switch
        {
            ConfiguredBy.Standby => "stands by",
            ConfiguredBy.FileOff => "'off' in tidemark.yaml",
            ConfiguredBy.SourceModule => "`sources disable`",
            ConfiguredBy.SourceDomain => "its domain is off",
            ConfiguredBy.SourceProvider => "its domain goes with another vendor",
            _ => "given up by its vendor",
        };
}
