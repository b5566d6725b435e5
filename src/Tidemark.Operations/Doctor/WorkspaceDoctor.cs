using Tidemark.Core.Errors;
using Tidemark.Definitions.Yaml;
using Tidemark.DuckDb;

namespace Tidemark.Operations.Doctor;

/// <summary>A check and its name. It is made when its turn comes, because making it may already fail.</summary>
internal sealed record DoctorStep(string Name, Func<IDoctorCheck> Make);

/// <summary>
/// Checks an opened workspace, one thing after the other, and reports each fault once.
/// </summary>
public sealed class WorkspaceDoctor
{
    private readonly DoctorOptions _options;
    private readonly IReadOnlyList<DoctorStep> _steps;

    internal WorkspaceDoctor(DoctorOptions options, IReadOnlyList<DoctorStep> steps)
    {
        _options = options;
        _steps = steps;
    }

    /// <summary>The workspace's own line, then those of the checks.</summary>
    public async Task<IReadOnlyList<CheckResult>> RunAsync(DoctorRequest request, CancellationToken cancellationToken)
    {
        var results = new List<CheckResult> { Workspace() };
        foreach (var step in _steps)
        {
            await AddAsync(results, step, request.Repair, cancellationToken);
        }

        return results;
    }

    // A workspace file may have keys of a later version; the user should know that they have no effect.
    private CheckResult Workspace() =>
        _options.Unread.Count == 0
            ? new CheckResult("workspace", true, _options.Folder)
            : new CheckResult(
                "workspace",
                true,
                $"{_options.Folder}; nothing reads {string.Join(", ", _options.Unread)} in tidemark.yaml yet",
                Warning: true
            );

    private static async Task AddAsync(
        List<CheckResult> results,
        DoctorStep step,
        bool repair,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (await step.Make().RunAsync(repair, cancellationToken) is { } answer)
            {
                results.Add(new CheckResult(step.Name, true, answer.Message, Warning: answer.Warns));
                results.AddRange(answer.LeftOut.Select(l => new CheckResult(step.Name, false, l, IsLeftOut: true)));
            }
        }
        catch (Exception e) when (e is TidemarkException or DuckDbException)
        {
            // Show the engine's own words: our statement tells a user nothing.
            var message = e switch
            {
                TidemarkException known => $"{known.Code}: {known.Message}",
                DuckDbException engine => engine.EngineMessage,
                _ => e.Message,
            };
            var same = results.FirstOrDefault(r => r.Message == message);
            results.Add(
                new CheckResult(
                    step.Name,
                    false,
                    same is null ? message : $"cannot be checked: see '{same.Check}' above",
                    // Definitions are left out, be it one of them or all.
                    IsLeftOut: e is InvalidDefinitionException
                )
            );
        }
    }
}
