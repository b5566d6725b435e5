using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Tokens;

namespace Tidemark.Cli.Commands;

/// <summary>
/// <c>tidemark token set|clear</c>: stores the Tushare token, encrypted in the control database. It is typed or read
/// from standard input, because everybody on the machine can see a command line.
/// </summary>
internal sealed class TokenCommand : CliCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly Option<string?> _domain = new("--domain")
    {
        Description = "The token of one domain, for example futures; without it, of all that have none of their own",
        HelpName = "DOMAIN",
    };

    private readonly Command _set;
    private readonly Command _clear;

    public TokenCommand()
    {
        _set = new Command("set", "Store the token that is typed, or stands on standard input") { _domain };
        _clear = new Command("clear", "Forget the stored token") { _domain };
    }

    public override Command Build() => new("token", "The Tushare token of this workspace") { _set, _clear };

    public override bool Runs(Command command) => command == _set || command == _clear;

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var tokens = workspace.Get<TokenOperation>();
        var domain = parse.GetValue(_domain);
        var isSet = parse.CommandResult.Command == _set;
        if (isSet)
        {
            await tokens.StoreAsync(
                new StoreTokenRequest(await ReadAsync(context.World, stop)) { Domain = domain },
                stop
            );
        }
        else
        {
            await tokens.ForgetAsync(domain, stop);
        }

        context.WriteJson(new { stored = isSet, domain });
        context.Say(
            !isSet ? "Forgotten."
            : domain is null ? "Stored. It goes before TUSHARE_TOKEN."
            : $"Stored. The calls of {domain} go with it."
        );
        return ExitCodes.Done;
    }

    /// <summary>
    /// Reads a line typed at a terminal, without showing it, or a line from standard input. It does not wait for ever
    /// for an open pipe without data (of a service or a scheduler). Null when there is no input.
    /// </summary>
    private static async Task<string?> ReadAsync(CommandWorld world, CancellationToken stop)
    {
        try
        {
            if (world.ReadHidden is { } readHidden)
            {
                await world.Error.WriteAsync("Token (what you type is not shown): ");
                var typed = readHidden();
                await world.Error.WriteLineAsync();
                return typed;
            }

            // Reading a console is not cancelable; the thread ends with the process.
            return await Task.Run(world.In.ReadLine, stop).WaitAsync(s_patience, world.Clock, stop);
        }
        catch (Exception e) when (e is TimeoutException or IOException or InvalidOperationException)
        {
            return null;
        }
    }
}
