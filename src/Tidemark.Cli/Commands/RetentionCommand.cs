using System.CommandLine;
using System.Globalization;
using Tidemark.Cli.Output;
using Tidemark.Operations.Maintenance;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark retention</c>: drops what the workspace no longer keeps.</summary>
internal sealed class RetentionCommand : CliCommand
{
    private readonly Option<bool> _apply = new("--apply")
    {
        Description = "Drop it; without this only say what would go",
    };

    public override Command Build() => new("retention", "Drop days that the workspace keeps no longer") { _apply };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var request = new RetentionRequest(parse.GetValue(_apply));
        var response = await workspace.Get<RetentionOperation>().RunAsync(request, stop);
        context.WriteJson(
            new
            {
                applied = response.Applied,
                tables = response.Tables,
                raw = response.Raw,
            }
        );
        Write(context, response);
        return ExitCodes.Done;
    }

    private static void Write(CommandContext context, RetentionResponse response)
    {
        foreach (var table in response.Tables)
        {
            context.Say(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{table.Table}: {table.Partitions} days before {table.Cutoff:yyyy-MM-dd} ({table.Rows:N0} rows, {table.Bytes:N0} bytes)"
                )
            );
        }

        foreach (var wanted in response.Wanted)
        {
            context.Say(
                $"{wanted.Table}: the plan covers the days from {wanted.PlanFrom:yyyy-MM-dd} on. The next run would fetch those before {wanted.Cutoff:yyyy-MM-dd} again: keep them, or set plan.from in tidemark.yaml to a later day."
            );
        }

        foreach (var reader in response.Readers)
        {
            context.Say(
                reader.Keeps
                    ? $"{reader.Table}: days that were made from {reader.Input} stay as they stand"
                    : $"{reader.Table}: reads all days of {reader.Input}; the next build makes it without these"
            );
        }

        var raw = response.Raw;
        context.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"raw: {raw.Files:N0} payloads received before {context.Time.Minute(raw.Cutoff)} ({raw.Bytes:N0} bytes)"
            )
        );
        context.Say(
            response is { Applied: true, IsNothing: true } ? "There was nothing to drop."
            : response.Applied ? "Dropped. Older versions still have the days, until `tidemark vacuum --apply`."
            : "Nothing was dropped: this is what --apply would drop."
        );
    }
}
