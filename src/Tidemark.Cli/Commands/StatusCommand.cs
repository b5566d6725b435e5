using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Completeness.Checks;
using Tidemark.Completeness.Results;
using Tidemark.Core.Errors;
using Tidemark.Core.Yaml;
using Tidemark.Hosting;
using Tidemark.Operations.Symbols;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark status</c>: the tidemark, from the control database alone.</summary>
internal sealed class StatusCommand : CliCommand
{
    private readonly Option<string?> _pool = new("--pool")
    {
        Description = "source_pool or target_pool",
        HelpName = "P",
    };
    private readonly Option<string?> _bucket = new("--bucket") { Description = "For example stock", HelpName = "B" };
    private readonly Option<string?> _check = new("--check")
    {
        Description = "For example stock.daily_bars",
        HelpName = "C",
    };
    private readonly Option<string?> _entity = new("--entity")
    {
        Description = "One symbol, with its days",
        HelpName = "E",
    };
    private readonly Option<int?> _days = new("--days") { Description = "Only the last N open days", HelpName = "N" };

    public override Command Build()
    {
        Bound(_days, 1);
        return new Command("status", "What is complete and what is missing, and why")
        {
            _pool,
            _bucket,
            _check,
            _entity,
            _days,
        };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var filter = new StatusFilter(
            parse.GetValue(_pool),
            parse.GetValue(_bucket),
            parse.GetValue(_check),
            await host.Get<SymbolDirectory>().EntityAsync(parse.GetValue(_entity), stop),
            parse.GetValue(_days)
        );
        var reader = host.Get<StatusReader>();
        var report = await reader.ReadAsync(filter, stop);
        if (report.Pools.Count == 0 && report.EvaluatedAt is not null)
        {
            RefuseUnknown(filter, await reader.ReadAsync(new StatusFilter(), stop));
        }

        await SymbolNotes.WriteAsync(context, host, stop);
        if (context.IsJson)
        {
            context.World.Out.WriteLine(StatusJson.Write(report));
        }
        else
        {
            StatusMatrix.Write(context, report);
        }

        return await LeftOutText.WriteAsync(context, host, ExitCodes.Done);
    }

    /// <summary>A name that was mistyped must not look like a workspace without data.</summary>
    private static void RefuseUnknown(StatusFilter filter, StatusReport all)
    {
        var buckets = all.Pools.SelectMany(p => p.Buckets).ToList();
        Refuse("--pool", filter.Pool, Pools.All);
        Refuse("--bucket", filter.Bucket, [.. buckets.Select(b => b.Bucket).Distinct()]);
        Refuse("--check", filter.Check, [.. buckets.SelectMany(b => b.Checks).Select(c => c.Check).Distinct()]);
        if (filter.Entity is { } entity)
        {
            throw Unknown($"--entity {entity}: nothing of that name is checked here; symbols look like 600519.SH.");
        }
    }

    private static void Refuse(string option, string? name, IReadOnlyCollection<string> known)
    {
        if (name is not null && !known.Contains(name))
        {
            throw Unknown($"{option}: there is no '{name}'{NearestName.Hint(name, known)}");
        }
    }

    private static TidemarkException Unknown(string message) =>
        new(ErrorKind.BadRequest, "STATUS_FILTER_UNKNOWN", message);
}
