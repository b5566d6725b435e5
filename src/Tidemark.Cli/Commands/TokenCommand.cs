using System.CommandLine;
using Tidemark.Control.Secrets;
using Tidemark.Core.Errors;
using Tidemark.Hosting;

namespace Tidemark.Cli.Commands;

/// <summary>
/// <c>tidemark token set|clear</c>: the Tushare token, encrypted in the control database. It is read from standard input, because what stands on a
/// command line is seen by everybody on the machine.
/// </summary>
internal sealed class TokenCommand : CliCommand
{
    private readonly Command _set = new("set", "Store the token that stands on standard input");
    private readonly Command _clear = new("clear", "Forget the stored token");

    public override Command Build() => new("token", "The Tushare token of this workspace") { _set, _clear };

    public override bool Runs(Command command) => command == _set || command == _clear;

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var isSet = parse.CommandResult.Command == _set;
        var token = isSet ? await context.World.In.ReadLineAsync(stop) : "";
        if (isSet && string.IsNullOrWhiteSpace(token))
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "TOKEN_EMPTY",
                "Nothing came on standard input. For example: tidemark token set < token.txt"
            );
        }

        await host.Get<TokenStore>().SetAsync(domain: null, token!, stop);
        context.WriteJson(new { stored = isSet });
        context.Say(isSet ? "Stored. It goes before TUSHARE_TOKEN." : "Forgotten.");
        return ExitCodes.Done;
    }
}
