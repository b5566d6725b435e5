using System.Collections;
using System.Runtime.InteropServices;
using Tidemark.Cli;
using Tidemark.Core;

// First signal: finish the commit in flight, record the run as canceled, exit 130. Second: stop at once.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);

var environment = Environment
    .GetEnvironmentVariables()
    .Cast<DictionaryEntry>()
    .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal);
var world = new CommandWorld(
    Console.In,
    Console.Out,
    Console.Error,
    IsInteractive: !Console.IsOutputRedirected && !Console.IsErrorRedirected,
    environment,
    CurrentFolder(),
    TimeProvider.System,
    new SystemIdSource()
)
{
    ReadHidden = Console.IsInputRedirected ? null : HiddenLine.Read,
    Exit = ProcessEnd.Now,
};
return await new CommandLineApp(world).RunAsync(args, stop.Token);

// A folder can be removed under whoever works in it; who gives whole paths needs none.
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
    if (stop.IsCancellationRequested)
    {
        Environment.Exit(ExitCodes.Interrupted);
    }

    stop.Cancel();
}
