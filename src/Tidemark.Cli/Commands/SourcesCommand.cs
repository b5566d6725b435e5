using System.CommandLine;
using Spectre.Console;
using Tidemark.Cli.Output;
using Tidemark.Operations.Modules;

namespace Tidemark.Cli.Commands;

/// <summary>
/// <c>tidemark sources</c>: domains and modules with their switches, tokens and probes; <c>sources enable|disable
/// NAME</c>: switches a domain or a module; <c>sources test [NAME]</c>: asks the vendor now.
/// </summary>
internal sealed class SourcesCommand : CliCommand
{
    private readonly Argument<string> _name = new("NAME")
    {
        Description = "A domain or a module, like stock.moneyflow",
    };
    private readonly Argument<string?> _some = new("NAME")
    {
        Description = "A domain or a module; without it, all that are enabled",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _provider = new("--provider")
    {
        Description = "The vendor that the domain goes with; modules of its others stand by then",
        HelpName = "VENDOR",
    };

    private readonly Command _enable;
    private readonly Command _disable;
    private readonly Command _test;

    public SourcesCommand()
    {
        _enable = new Command("enable", "Have a domain or a module fetched") { _name, _provider };
        _disable = new Command("disable", "Do without a domain or a module") { _name };
        _test = new Command("test", "Ask the vendor now, with one row each") { _some };
    }

    public override Command Build() =>
        new("sources", "Domains and modules: what is fetched, with which token, and whether it may be")
        {
            _enable,
            _disable,
            _test,
        };

    public override bool Runs(Command command) => true;

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var command = parse.CommandResult.Command;
        if (command == _test)
        {
            var tested = await workspace
                .Get<SourcesOperation>()
                .TestAsync(new TestSourcesRequest(parse.GetValue(_some)), stop);
            SourcesText.Write(context, tested);
            return ExitCodes.Of(tested.Verdict);
        }

        if (command != _enable && command != _disable)
        {
            SourcesText.Write(context, await workspace.Get<SourcesOperation>().ListAsync(stop));
            return ExitCodes.Done;
        }

        var isOn = command == _enable;
        var request = new SwitchSourceRequest(
            parse.GetValue(_name)!,
            isOn,
            $"tidemark sources {(isOn ? "enable" : "disable")}"
        )
        {
            Provider = isOn ? parse.GetValue(_provider) : null,
        };
        var response = await workspace.Get<ConfigureSources>().SwitchAsync(request, stop);
        context.WriteJson(
            new
            {
                changed = response.Changed,
                enabled = isOn,
                notes = response.Notes,
            }
        );
        context.Say($"{response.Changed} is {(isOn ? "on" : "off")}.");
        foreach (var note in response.Notes)
        {
            context.Progress.WriteLine(note);
        }

        return ExitCodes.Done;
    }
}
