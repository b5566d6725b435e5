using Tidemark.Core.Errors;
using Tidemark.Operations;
using Tidemark.Operations.Modules;
using Tidemark.Operations.Planning;

namespace Tidemark.Cli.Output;

/// <summary>The exit codes of commands. A public contract: numbers never change.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Blocked = 3;
    public const int Incomplete = 4;

    /// <summary>Ended by Ctrl-C or SIGTERM, as shells expect it.</summary>
    public const int Interrupted = 130;

    public static int Of(Verdict verdict) =>
        verdict switch
        {
            Verdict.Done => Done,
            Verdict.Usage => Usage,
            Verdict.Blocked => Blocked,
            Verdict.Incomplete => Incomplete,
            Verdict.Stopped => Interrupted,
            _ => Failed,
        };

    public static int Of(Exception error) =>
        error switch
        {
            OperationCanceledException => Interrupted,
            TidemarkException { Code: ShownPlans.MovedCode or FlagsOperation.UnprovedCode } => Blocked, // nothing was begun
            TidemarkException known => Of(known.Kind),
            _ => Failed,
        };

    public static int Of(ErrorKind kind) => kind is ErrorKind.Configuration or ErrorKind.BadRequest ? Usage : Failed;
}
