using System.Collections;
using System.Runtime.InteropServices;
using Tidemark.Cli;
using Tidemark.Cli.Output;
using Tidemark.Cli.Serving;
using Tidemark.Core;
using Tidemark.Core.Errors;

// First signal: finish the commit in flight, record the run as canceled, exit 130. A later one: stop at once.
using var stop = new CancellationTokenSource();
var signals = new StopSignals(TimeProvider.System, stop.Cancel, () => Environment.Exit(ExitCodes.Interrupted));
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);

if (args.Contains(CommonOptions.NoColor.Name))
{
    // Plain text for the runtime's console, too: otherwise it switches a terminal's keypad mode and leaves it so
    // (ESC[?1h).
    Environment.SetEnvironmentVariable("TERM", "dumb");
}

var environment = Environment
    .GetEnvironmentVariables()
    .Cast<DictionaryEntry>()
    .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal);
TimeProvider clock;
try
{
    clock = RehearsalClock.Of(environment);
}
catch (TidemarkException e)
{
    Console.Error.WriteLine($"{e.Code}: {e.Message}");
    return ExitCodes.Usage;
}

var world = new CommandWorld(
    Console.In,
    Console.Out,
    Console.Error,
    IsInteractive: !Console.IsOutputRedirected && !Console.IsErrorRedirected,
    environment,
    CurrentFolder(),
    clock,
    new SystemIdSource()
)
{
    ReadHidden = Console.IsInputRedirected ? null : HiddenLine.Read,
    Exit = ProcessEnd.Now,
};
return await new CommandLineApp(world).RunAsync(args, stop.Token);

// The current folder can be removed while a user works in it; absolute paths do not need it.
static string? CurrentFolder()
{
    try
    {
        return Environment.CurrentDirectory;
    }
    catch (IOException)
    {
        return null;
    }
}

void OnSignal(PosixSignalContext signal)
{
    signal.Cancel = true;
    signals.Receive();
}
