using System.CommandLine;
using System.CommandLine.Parsing;
using Tidemark.Cli.Commands;
using Tidemark.Core.Errors;

namespace Tidemark.Cli;

/// <summary>The command line: which commands there are, and how their errors become messages and exit codes.</summary>
internal sealed class CommandLineApp(CommandWorld world)
{
    public async Task<int> RunAsync(string[] args, CancellationToken stop)
    {
        var root = new RootCommand("Tidemark: a market-data lakehouse that knows what it is missing.")
        {
            CommonOptions.Workspace,
            CommonOptions.Json,
            CommonOptions.Quiet,
            CommonOptions.Verbose,
            CommonOptions.NoColor,
        };
        foreach (var command in Commands())
        {
            root.Add(Runnable(command));
        }

        var parse = root.Parse(args);
        if (parse.Errors.Count > 0)
        {
            foreach (var error in parse.Errors)
            {
                await world.Error.WriteLineAsync(Words(error));
            }

            await world.Error.WriteLineAsync($"See `tidemark {string.Join(' ', CommandPath(parse))}--help`.");
            return ExitCodes.Usage;
        }

        // Signals are ours (see Program): the library's own handling would end the process within two seconds.
        var invocation = new InvocationConfiguration
        {
            ProcessTerminationTimeout = null,
            Output = world.Out,
            Error = world.Error,
            EnableDefaultExceptionHandler = false,
        };
        return await parse.InvokeAsync(invocation, stop);
    }

    private static IEnumerable<CliCommand> Commands() =>
        [
            new DemoCommand(),
            new InitCommand(),
            new DoctorCommand(),
            new RunCommand(),
            new BackfillCommand(),
            new RunsCommand(),
            new PreflightCommand(),
            new StatusCommand(),
            new BuildCommand(),
            new TablesCommand(),
            new HistoryCommand(),
            new CompactCommand(),
            new RestoreCommand(),
            new DiffCommand(),
            new VerifyCommand(),
            new VacuumCommand(),
            new RetentionCommand(),
            new CatalogCommand(),
            new SqlCommand(),
            new IbkrCommand(),
            new SimCommand(),
            new TokenCommand(),
        ];

    // What the library says names types of .NET, and leaves out which argument is missing.
    private static string Words(ParseError error) =>
        error.SymbolResult switch
        {
            ArgumentResult { Tokens.Count: 0 } missing
                when error.Message.StartsWith("Required argument", StringComparison.Ordinal) =>
                $"{missing.Argument.Name} is missing.",
            _ when error.Message.IndexOf(" as expected type", StringComparison.Ordinal) is > 0 and var end =>
                error.Message[..end] + ".",
            _ => error.Message,
        };

    private static IEnumerable<string> CommandPath(ParseResult parse)
    {
        if (parse.CommandResult.Command is not RootCommand)
        {
            yield return parse.CommandResult.Command.Name + " ";
        }
    }

    private Command Runnable(CliCommand command)
    {
        var built = command.Build();
        foreach (var runnable in built.Subcommands.Count > 0 ? [built, .. built.Subcommands] : new[] { built })
        {
            if (command.Runs(runnable))
            {
                runnable.SetAction((parse, stop) => InvokeAsync(command, parse, stop));
            }
        }

        return built;
    }

    private async Task<int> InvokeAsync(CliCommand command, ParseResult parse, CancellationToken stop)
    {
        var context = new CommandContext(world, parse);
        try
        {
            return await command.RunAsync(context, parse, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await world.Error.WriteLineAsync("Stopped. What was committed is kept; run the command again to go on.");
            return ExitCodes.Interrupted;
        }
        catch (TidemarkException e)
        {
            context.WriteJson(
                new
                {
                    error = new
                    {
                        code = e.Code,
                        kind = e.Kind.ToString(),
                        message = e.Message,
                    },
                }
            );
            await world.Error.WriteLineAsync($"{e.Code}: {e.Message}");
            return ExitCodes.Of(e);
        }
        catch (DuckDb.DuckDbException e)
        {
            context.WriteJson(
                new
                {
                    error = new
                    {
                        code = "SQL_ERROR",
                        kind = "BadRequest",
                        message = e.EngineMessage,
                    },
                }
            );
            await world.Error.WriteLineAsync(e.EngineMessage);
            return ExitCodes.Failed;
        }
    }
}
