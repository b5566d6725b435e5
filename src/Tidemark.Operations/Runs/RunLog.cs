using Tidemark.Core.Errors;
using Tidemark.Core.Files;

namespace Tidemark.Operations.Runs;

/// <summary>Where the workspace logs to.</summary>
/// <param name="File">The file, absolute; null where nothing is logged, or to standard error.</param>
public sealed record LogPlace(string? File);

/// <summary>
/// <c>runs show --log</c>: the lines that name a run, of all files of the log: those that were put aside, and those of
/// processes that wrote at the same time. Only reads.
/// </summary>
public sealed class RunLog(LogPlace place)
{
    // Both forms of a line begin with the moment or name it first: 2026-12-01T12:00:00.000Z.
    private const int MomentLength = 24;

    /// <summary>The lines, in the order of their moments.</summary>
    /// <param name="runId">The whole id of the run.</param>
    /// <exception cref="TidemarkException">Code <c>LOG_NOT_KEPT</c>: no file is logged into.</exception>
    public IReadOnlyList<string> Of(string runId)
    {
        if (place.File is not { } path)
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "LOG_NOT_KEPT",
                "The workspace logs into no file. Set `logging: { level: info, file: logs/tidemark.log }` in tidemark.yaml; runs from then on have lines. "
                    + "`tidemark runs show ID --steps` has every step of this one."
            );
        }

        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var lines = new List<string>();
        var names = $"{Path.GetFileNameWithoutExtension(path)}*{Path.GetExtension(path)}";
        foreach (var file in Directory.EnumerateFiles(folder, names).Order(StringComparer.Ordinal))
        {
            try
            {
                lines.AddRange(DataFile.ReadLines(file).Where(line => line.Contains(runId, StringComparison.Ordinal)));
            }
            catch (FileNotFoundException)
            {
                // It was put aside this moment: its lines are in the next one.
            }
        }

        return [.. lines.OrderBy(MomentOf, StringComparer.Ordinal)];
    }

    private static string MomentOf(string line)
    {
        const string Json = "{\"time\":\"";
        var from = line.StartsWith(Json, StringComparison.Ordinal) ? Json.Length : 0;
        return line.Length >= from + MomentLength ? line.Substring(from, MomentLength) : line;
    }
}
