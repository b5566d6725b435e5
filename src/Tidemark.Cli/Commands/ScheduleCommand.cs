using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Schedules;

namespace Tidemark.Cli.Commands;

/// <summary>
/// <c>tidemark schedule</c>: what runs when and what became of it; <c>schedule set</c>, <c>schedule reset</c>.
/// </summary>
internal sealed class ScheduleCommand : CliCommand
{
    private const int DefaultLast = 10;

    private readonly Option<bool> _simulate = new("--simulate")
    {
        Description = "Show what would run on a day, and run nothing",
    };

    private readonly Option<DateOnly?> _date = TypedOptions.Date("--date", "The day to simulate; today without it");
    private readonly Option<int> _last = new("--last")
    {
        Description = "How many of the last moments",
        HelpName = "N",
        DefaultValueFactory = _ => DefaultLast,
    };

    private readonly Option<string?> _at = new("--at")
    {
        Description = "The time of day, like 19:30",
        HelpName = "HH:MM",
    };
    private readonly Option<string?> _zone = new("--timezone")
    {
        Description = "The zone of that time, like Asia/Shanghai",
        HelpName = "ZONE",
    };

    private readonly Option<string?> _scope = new("--scope") { Description = "targets, universe or both" };
    private readonly Option<bool?> _enabled = new("--enabled")
    {
        Description = "true or false: whether it runs at all",
    };
    private readonly Option<bool?> _startup = new("--on-startup")
    {
        Description = "true or false: whether it runs when `tidemark serve` begins",
    };

    private readonly Option<bool?> _catchUp = new("--catch-up")
    {
        Description = "true or false: whether `tidemark serve` runs for what was missed",
    };

    private readonly Command _set;
    private readonly Command _reset;

    public ScheduleCommand()
    {
        TypedOptions.Bound(_last, 1);
        _set = new Command("set", "Change the schedule; what is not named stays")
        {
            _at,
            _zone,
            _scope,
            _enabled,
            _startup,
            _catchUp,
        };
        _set.Validators.Add(result =>
        {
            if (!result.Children.Any())
            {
                result.AddError(
                    "Nothing to change was named: --at, --timezone, --scope, --enabled, --on-startup, --catch-up."
                );
            }
        });
        _reset = new Command("reset", "Return to what tidemark.yaml says");
    }

    public override Command Build()
    {
        var command = new Command("schedule", "What runs when, and what became of it")
        {
            _simulate,
            _date,
            _last,
            _set,
            _reset,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(_date) is not null && !result.GetValue(_simulate))
            {
                result.AddError("--date goes with --simulate.");
            }
        });
        return command;
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var settings = workspace.Get<ScheduleSettings>();
        var command = parse.CommandResult.Command;
        if (command == _set)
        {
            var change = new ScheduleChange(
                parse.GetValue(_at),
                parse.GetValue(_zone),
                parse.GetValue(_scope),
                parse.GetValue(_enabled),
                parse.GetValue(_startup),
                parse.GetValue(_catchUp)
            );
            await settings.ChangeAsync(change, "tidemark schedule set", stop);
        }
        else if (command == _reset && !await settings.ResetAsync("tidemark schedule reset", stop))
        {
            context.Say("Nothing was set: tidemark.yaml says it already.");
        }
        else if (parse.GetValue(_simulate))
        {
            var day = parse.GetValue(_date);
            var (schedule, fires) = await workspace.Get<SimulateSchedule>().RunAsync(day, stop);
            ScheduleText.Write(context, schedule, fires);
            return ExitCodes.Done;
        }

        ScheduleText.Write(context, await workspace.Get<ListSchedule>().RunAsync(parse.GetValue(_last), stop));
        return ExitCodes.Done;
    }
}
