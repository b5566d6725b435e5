using System.CommandLine;
using Spectre.Console;
using Tidemark.Cli.Output;
using Tidemark.Operations.Modules;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark flags</c>: the flags of the rollout; <c>flags set NAME on|off</c>: switches one.</summary>
internal sealed class FlagsCommand : CliCommand
{
    private const string On = "on";
    private const int NameWidth = 36;

    private readonly Argument<string> _name = new("NAME") { Description = "For example universeDailyBasicEnabled" };
    private readonly Argument<string> _value = new("VALUE") { Description = "on or off" };
    private readonly Command _set;

    public FlagsCommand()
    {
        _value.AcceptOnlyFromAmong(On, "off");
        _set = new Command("set", "Switch one flag; the others stay") { _name, _value };
    }

    public override Command Build() =>
        new("flags", "The flags that say which modules daily runs fetch, and who changed them") { _set };

    public override bool Runs(Command command) => true;

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var operation = workspace.Get<FlagsOperation>();
        var isSet = parse.CommandResult.Command == _set;
        var response = isSet
            ? await operation.SetAsync(
                new SetFlagsRequest(
                    new Dictionary<string, bool> { [parse.GetValue(_name)!] = parse.GetValue(_value) == On },
                    "tidemark flags set"
                ),
                stop
            )
            : await operation.ListAsync(stop);
        context.WriteJson(
            new
            {
                flags = response.Flags.Select(of => new
                {
                    flag = of.Name,
                    on = of.IsOn,
                    since = of.Since,
                    by = of.By,
                    modules = of.Modules,
                    leaves_out = of.LeavesOut,
                }),
                problems = response.Problems,
            }
        );
        if (!context.IsJson)
        {
            Write(context, response, isSet ? parse.GetValue(_name) : null);
        }

        return ExitCodes.Done;
    }

    private static void Write(CommandContext context, FlagsResponse response, string? only)
    {
        foreach (var of in response.Flags.Where(of => only is null || of.Name == only))
        {
            var since = of.Since is { } at ? $", since {context.Time.Minute(at)} by {of.By}" : "";
            var left = of.LeavesOut.Count > 0 ? $"; daily runs leave out {string.Join(", ", of.LeavesOut)}" : "";
            context.Terminal.WriteLine($"{of.Name, -NameWidth}  {(of.IsOn ? On : "off")}{since}{left}");
            if (only is null)
            {
                context.Terminal.WriteLine($"{"", -NameWidth}  {Governs(of)}");
            }
        }

        foreach (var problem in response.Problems)
        {
            context.Progress.WriteLine(problem);
        }

        if (only is null && response.Flags.Any(of => of.LeavesOut.Count > 0))
        {
            context.Say("`tidemark flags set NAME on` brings in what a flag leaves out.");
        }
    }

    private static string Governs(FlagState flag)
    {
        const int Shown = 6;
        var more = flag.Modules.Count > Shown ? $" and {flag.Modules.Count - Shown} more" : "";
        return flag.Modules.Count == 0 ? "nothing" : string.Join(", ", flag.Modules.Take(Shown)) + more;
    }
}
