using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tidemark.Cli.Output;
using Tidemark.Core.Errors;
using Tidemark.Hosting;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Maintenance;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark compact [TABLE…]</c>: small files merged, cold ones compressed better. A table that fails does not stop the others.</summary>
internal sealed class CompactCommand : CliCommand
{
    private readonly Argument<string[]> _tables = new("TABLE")
    {
        Description = "Tables; all when none is named",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public override Command Build() => new("compact", "Merge small files and compress what is cold") { _tables };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var lake = host.Get<DataLake>();
        var compactor = host.Get<TableCompactor>();
        var named = parse.GetValue(_tables)!;
        var tables =
            named.Length > 0
                ? await lake.NamedAsync(named, stop)
                : (await lake.FindOwnAsync([], stop)).Own.Select(t => t.Id).ToArray();
        var done = new List<CompactedTable>();
        var failed = new List<TidemarkException>();
        foreach (var table in tables)
        {
            try
            {
                var result = await CompactProgressView.ShowAsync(
                    context,
                    table,
                    progress => compactor.CompactAsync(table, new CompactOptions(), progress, stop)
                );
                done.Add(result);
                context.Say(Describe(result));
            }
            catch (TidemarkException e) when (named.Length != 1)
            {
                failed.Add(e);
                context.Progress.WriteLine($"{e.Code}: {e.Message}");
            }
        }

        await host.Get<CatalogFile>().RefreshAsync(stop);
        context.WriteJson(done);
        return await LeftOutText.WriteAsync(
            context,
            host,
            named,
            LeftOutText.Write(
                context,
                await lake.DamageAsync(stop),
                failed.Count == 0 ? ExitCodes.Done : ExitCodes.Failed
            ),
            stop
        );
    }

    private static string Describe(CompactedTable table)
    {
        if (table.FilesBefore == 0)
        {
            return table.FilesTried == 0
                ? $"{table.Table}: nothing to do"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{table.Table}: nothing to gain; {table.FilesTried} files stay, and are marked so that they are not tried again (version {table.Version})"
                );
        }

        var files =
            table.FilesAfter < table.FilesBefore
                ? $"{table.FilesBefore} files of {table.Partitions} partitions are {table.FilesAfter} now"
                : $"{table.FilesBefore} files of {table.Partitions} partitions are compressed better";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{table.Table}: {files}, {table.BytesBefore / 1e6:N1} MB are {table.BytesAfter / 1e6:N1} MB (version {table.Version})"
        );
    }
}
