using Tidemark.Core.Errors;
using Tidemark.Lake;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>
/// Checks whether a table waits for a checkpoint. A commit whose checkpoint fails still succeeds and reports nothing,
/// so it is reported here.
/// </summary>
internal sealed class LogCheck(DataLake lake) : IDoctorCheck
{
    public async Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        var written = 0;
        foreach (var table in (await lake.FindOwnAsync([], cancellationToken)).Own)
        {
            if (!await table.LacksCheckpointAsync(cancellationToken))
            {
                continue;
            }

            if (!repair)
            {
                throw new TidemarkException(
                    ErrorKind.Storage,
                    "CHECKPOINT_OVERDUE",
                    $"{table.Id}: checkpoints of its log have failed, so it opens slowly. `tidemark doctor --repair` writes one, or says why it cannot."
                );
            }

            await table.CheckpointAsync(cancellationToken);
            written++;
        }

        return new CheckAnswer("no table waits for a checkpoint" + (written > 0 ? $": {written} written" : ""));
    }
}
