using System.Globalization;
using Spectre.Console;
using Tidemark.Lake.Maintenance;
using Tidemark.Operations.Maintenance;

namespace Tidemark.Cli.Output;

/// <summary>Reports each table when it is done, and from time to time the progress in a large one.</summary>
internal sealed class VerifyView(CommandContext context) : IVerifyWatcher
{
    private const int ProgressEvery = 500;

    /// <summary>Several threads call it; each line is written in one piece.</summary>
    public void Report(VerifyProgress value)
    {
        if (!context.IsQuiet && value.FilesDone % ProgressEvery == 0)
        {
            context.Progress.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{value.Table}: {value.FilesDone:N0} of {value.Files:N0} files"
                )
            );
        }
    }

    public void Done(TableVerification result)
    {
        foreach (var fault in result.Faults)
        {
            context.Terminal.WriteLine($"FAULT  {fault.Path}: {fault.What.TrimEnd('.')}. {fault.Advice}");
        }

        foreach (var note in result.Notes)
        {
            context.Say($"note   {note.Path}: {note.What.TrimEnd('.')}. {note.Advice}");
        }

        context.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(result.Ok ? "ok    " : "FAULTY")} {result.Table} {(result.Version < 0 ? "has no version that can be read" : $"version {result.Version}: {result.Files:N0} files, {result.Rows:N0} rows, {result.Bytes:N0} bytes")}"
            )
        );
    }
}
