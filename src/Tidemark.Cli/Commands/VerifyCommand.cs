using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tidemark.Cli.Output;
using Tidemark.Core.Errors;
using Tidemark.Hosting;
using Tidemark.Lake;
using Tidemark.Lake.Maintenance;
using Tidemark.Operations.Tables;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark verify [TABLE…]</c>: whether the files are what the logs say.</summary>
internal sealed class VerifyCommand : CliCommand
{
    private const int ProgressEvery = 500;

    private readonly Argument<string[]> _tables = new("TABLE")
    {
        Description = "All tables when none is named",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> _quick = new("--quick") { Description = "Only presence and size of the files" };

    public override Command Build() =>
        new("verify", "Check that the files are what the logs say and no key stands twice") { _tables, _quick };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var verifier = new LakeVerifier(host.Get<DataLake>(), host.Get<UnitSources>().CanBringAgain);
        var progress = context.IsQuiet ? null : new Progress(context);
        var results = new List<TableVerification>();
        var unread = new List<LeftOut>();
        var named = parse.GetValue(_tables)!;
        foreach (var table in await verifier.TablesAsync(named, stop))
        {
            try
            {
                var result = await verifier.VerifyAsync(table, parse.GetValue(_quick), progress, stop);
                results.Add(result);
                Say(context, result);
            }
            catch (TidemarkException e) when (named.Length != 1 && LakeSurvey.IsOfTheTable(e))
            {
                unread.Add(LeftOut.Of(table.Id, e));
            }
        }

        var isFaulty = results.Any(r => !r.Ok);
        var ok = !isFaulty && unread.Count == 0;
        context.WriteJson(new { ok, tables = results });
        context.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{results.Count} tables, {results.Sum(r => r.Files):N0} files, {results.Sum(r => r.Faults.Count)} faults, {results.Sum(r => r.Notes.Count)} leftovers"
            )
        );
        return await LeftOutText.WriteAsync(
            context,
            host,
            named,
            isFaulty ? ExitCodes.Failed : ExitCodes.Done,
            stop,
            unread,
            results.Where(r => !r.Ok).Select(r => r.Table)
        );
    }

    private static void Say(CommandContext context, TableVerification result)
    {
        foreach (var fault in result.Faults)
        {
            context.Terminal.WriteLine($"FAULT  {fault.Path}: {fault.What.TrimEnd('.')}. {fault.Advice}");
        }

        foreach (var note in result.Notes)
        {
            context.Say($"note   {note.Path}: {note.What.TrimEnd('.')}. {note.Advice}");
        }

        context.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(result.Ok ? "ok    " : "FAULTY")} {result.Table} {(result.Version < 0 ? "has no version that can be read" : $"version {result.Version}: {result.Files:N0} files, {result.Rows:N0} rows, {result.Bytes:N0} bytes")}"
            )
        );
    }

    /// <summary>Told by several threads at once; says something now and then, at once.</summary>
    private sealed class Progress(CommandContext context) : IProgress<VerifyProgress>
    {
        public void Report(VerifyProgress value)
        {
            if (value.FilesDone % ProgressEvery == 0)
            {
                context.Progress.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{value.Table}: {value.FilesDone:N0} of {value.Files:N0} files"
                    )
                );
            }
        }
    }
}
