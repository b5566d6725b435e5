using System.CommandLine;
using Tidemark.Cli.Commands;
using Tidemark.Cli.Output;
using Tidemark.Core.Errors;

namespace Tidemark.Cli;

/// <summary>The command line: lists its commands, and turns their errors into messages and exit codes.</summary>
internal sealed class CommandLineApp
{
    private const string Stopped = "Stopped. What was committed is kept; run the command again to continue.";
    private static readonly string[] s_noFaultOfQueries =
    [
        "IO Error",
        "Out of Memory Error",
        "INTERNAL Error",
        "FATAL Error",
    ];

    private static readonly ProgramOperations s_operations = new();

    private readonly CommandWorld _world;

    /// <summary>Sends all output through writers that mask the secrets in use.</summary>
    public CommandLineApp(CommandWorld world) =>
        _world = world with
        {
            Out = new MaskingWriter(world.Out, world.Secrets),
            Error = new MaskingWriter(world.Error, world.Secrets),
        };

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

        var parse = root.Parse(Asking(args));
        if (UsageLines.Of(parse) is { } mistakes)
        {
            await TellAsync(
                args.Contains(CommonOptions.Json.Name),
                "USAGE",
                nameof(ErrorKind.BadRequest),
                mistakes,
                withCode: false
            );
            return ExitCodes.Usage;
        }

        // Program handles signals itself: the library's handling would end the process within two seconds.
        var invocation = new InvocationConfiguration
        {
            ProcessTerminationTimeout = null,
            Output = _world.Out,
            Error = _world.Error,
            EnableDefaultExceptionHandler = false,
        };
        return await parse.InvokeAsync(invocation, stop);
    }

    // An empty command line and `help` show the help; `runs ID` means `runs show ID`.
    private static string[] Asking(string[] args) =>
        args switch
        {
            [] => ["--help"],
            ["help", .. var command] => [.. command, "--help"],
            ["runs", var id, .. var rest] when IsRunId(id) => ["runs", "show", id, .. rest],
            _ => args,
        };

    // `runs` itself declares no argument, because it would also appear in the usage of `runs show`.
    private static bool IsRunId(string word) =>
        word.Length > 0 && word[0] != '-' && word.All(c => char.IsAsciiHexDigit(c) || c == '-');

    private static IEnumerable<CliCommand> Commands() =>
        [
            new DemoCommand(),
            new InitCommand(),
            new DoctorCommand(),
            new PlanCommand(),
            new RunCommand(),
            new BackfillCommand(),
            new RefetchCommand(),
            new RunsCommand(),
            .. LaneCommand.All(),
            new ScheduleCommand(),
            new ServeCommand(),
            new PreflightCommand(),
            new StatusCommand(),
            new FindingsCommand(),
            new TargetsCommand(),
            new BuildCommand(),
            new DatasetsCommand(),
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
            new FlagsCommand(),
            new SourcesCommand(),
        ];

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
        CommandContext? context = null;
        context = new CommandContext(_world, parse)
        {
            Operations = s_operations,
            GiveUp = e => GiveUp(e, context!, stop),
        };
        try
        {
            return await command.RunAsync(context, parse, stop);
        }
        catch (Exception e)
        {
            return await TellAsync(e, context, stop);
        }
    }

    private void GiveUp(Exception error, CommandContext context, CancellationToken stop)
    {
        var code = ExitCodes.Of(error);
        try
        {
            code = TellAsync(error, context, stop).GetAwaiter().GetResult();
        }
        finally
        {
            _world.Exit(code); // also where nobody can be told
        }
    }

    /// <summary>Reports an error; returns the exit code.</summary>
    private async Task<int> TellAsync(Exception error, CommandContext context, CancellationToken stop)
    {
        var json = context.IsJson;
        switch (error)
        {
            case { } e when FileLimit.IsReached(e):
                await TellAsync(json, "FILE_FAILED", nameof(ErrorKind.Storage), FileLimit.Advice);
                return ExitCodes.Failed;
            case OperationCanceledException when stop.IsCancellationRequested:
                await TellAsync(
                    json && !context.HasAnswered,
                    "STOPPED",
                    nameof(ErrorKind.Transient),
                    Stopped,
                    withCode: false
                );
                return ExitCodes.Interrupted;
            case TidemarkException e:
                await TellAsync(json, e.Code, e.Kind.ToString(), e.Message);
                return ExitCodes.Of(e);
            case DuckDb.DuckDbException e:
                await TellAsync(json, "SQL_ERROR", KindOf(e).ToString(), e.EngineMessage);
                return ExitCodes.Of(KindOf(e));
            case IOException or UnauthorizedAccessException:
                await TellAsync(
                    json,
                    "FILE_FAILED",
                    nameof(ErrorKind.Storage),
                    $"{error.Message} Check the path, its permissions and the space; what was committed is kept."
                );
                return ExitCodes.Failed;
            default:
                // A fault of this program: reported in one line instead of a crash, with all details under --verbose.
                var detail = context.IsVerbose
                    ? $"{error}"
                    : $"{error.GetType().Name}: {error.Message} (--verbose says where)";
                await TellAsync(json, "INTERNAL_ERROR", "Internal", detail);
                return ExitCodes.Failed;
        }
    }

    // An engine's error is the user's query to mend, unless the engine lacks a resource or cannot go on.
    private static ErrorKind KindOf(DuckDb.DuckDbException error) =>
        s_noFaultOfQueries.Any(word => error.EngineMessage.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            ? ErrorKind.Storage
            : ErrorKind.BadRequest;

    private async Task TellAsync(bool json, string code, string kind, string message, bool withCode = true)
    {
        if (json)
        {
            try
            {
                await _world.Out.WriteLineAsync(CommandContext.ErrorDocument(code, kind, message));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Stdout is what failed: stderr must be enough.
            }
        }

        var shown = VisibleText.Of(
            Screenful.Cut(message, json ? "the document on stdout has all of it" : "--json has all of it")
        );
        await _world.Error.WriteLineAsync(withCode ? $"{code}: {shown}" : shown);
    }
}
