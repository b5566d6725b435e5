using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Maintenance;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark vacuum [TABLE…]</c>: removes data files that no version within the retention needs.</summary>
internal sealed class VacuumCommand : CliCommand
{
    private readonly Argument<string[]> _tables = TypedOptions.Tables("All tables when none is named");

    private readonly Option<TimeSpan> _olderThan = TypedOptions.Duration(
        "--older-than",
        "Versions of this long stay readable; without it those of 7 days",
        TimeSpan.FromDays(7)
    );

    private readonly Option<bool> _apply = new("--apply") { Description = "Remove the files" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only say what would go (the default)" };

    public override Command Build()
    {
        var command = new Command("vacuum", "Remove files that no version within the retention needs")
        {
            _tables,
            _olderThan,
            _apply,
            _dryRun,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(_apply) && result.GetValue(_dryRun))
            {
                result.AddError("Give --apply or --dry-run, not both.");
            }
        });
        return command;
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var request = new VacuumRequest(parse.GetValue(_tables)!, parse.GetValue(_olderThan), parse.GetValue(_apply));
        var response = await workspace.Get<VacuumOperation>().RunAsync(request, stop);
        VacuumText.Write(context, response);
        LeftOutText.Write(context, response.LeftOut);
        return ExitCodes.Of(response.Verdict);
    }
}
