using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;

namespace Tidemark.Operations.Jobs;

/// <summary>What one may ask of a lane.</summary>
public enum LaneWish
{
    Pause,
    Resume,
    Cancel,
}

/// <summary>
/// <c>pause</c>, <c>resume</c>, <c>cancel</c>: of what runs in any process that has the same control database. They ask
/// and do not wait: a job obeys within a second or so, at its next unit.
/// </summary>
public sealed class ControlLanes(LaneStates states)
{
    /// <summary>What people may write for a lane: its name, or a pool's.</summary>
    public static IReadOnlyList<string> Scopes => Lanes.Scopes;

    /// <summary>Asks for one of the three.</summary>
    /// <inheritdoc cref="PauseAsync"/>
    public Task<IReadOnlyList<LaneState>> AskAsync(
        LaneWish wish,
        string? scope,
        string by,
        CancellationToken cancellationToken
    ) =>
        wish switch
        {
            LaneWish.Pause => PauseAsync(scope, by, cancellationToken),
            LaneWish.Resume => ResumeAsync(scope, cancellationToken),
            _ => CancelAsync(scope, by, cancellationToken),
        };

    /// <summary>What each lane does now.</summary>
    public async Task<IReadOnlyList<LaneState>> ReadAsync(CancellationToken cancellationToken)
    {
        var read = new List<LaneState>();
        foreach (var lane in Lanes.All)
        {
            read.Add(await ReadAsync(lane, cancellationToken));
        }

        return read;
    }

    /// <summary>Lets nothing begin until somebody resumes; what runs waits at its next unit.</summary>
    /// <param name="scope">A pool or lane; null for all lanes.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellationToken">Stops the waiting for the database.</param>
    /// <exception cref="TidemarkException"><c>LANE_PAUSED</c>: it is so already.</exception>
    public async Task<IReadOnlyList<LaneState>> PauseAsync(
        string? scope,
        string by,
        CancellationToken cancellationToken
    )
    {
        var lanes = await ChooseAsync(scope, state => !state.IsPaused, cancellationToken);
        if (lanes.Count == 0)
        {
            throw new TidemarkException(
                ErrorKind.Conflict,
                "LANE_PAUSED",
                $"{Named(scope, "Every lane", "The lane")} is paused already. `tidemark resume` ends that. Nothing was changed."
            );
        }

        return await EachAsync(lanes, lane => states.PauseAsync(lane, by, cancellationToken));
    }

    /// <summary>Ends a pause.</summary>
    /// <param name="scope">A pool or lane; null for all lanes.</param>
    /// <param name="cancellationToken">Stops the waiting for the database.</param>
    /// <exception cref="TidemarkException"><c>LANE_NOT_PAUSED</c>.</exception>
    public async Task<IReadOnlyList<LaneState>> ResumeAsync(string? scope, CancellationToken cancellationToken)
    {
        var lanes = await ChooseAsync(scope, state => state.IsPaused, cancellationToken);
        if (lanes.Count == 0)
        {
            throw new TidemarkException(
                ErrorKind.Conflict,
                "LANE_NOT_PAUSED",
                $"{Named(scope, "No lane", "The lane")} is {(scope is null ? "" : "not ")}paused: there is nothing to resume. Nothing was changed."
            );
        }

        return await EachAsync(lanes, lane => states.ResumeAsync(lane, cancellationToken));
    }

    /// <summary>Has what runs end after the commit in flight.</summary>
    /// <param name="scope">The pool that must be at work, or a lane; null for whatever runs.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellationToken">Stops the waiting for the database.</param>
    /// <exception cref="TidemarkException">
    /// <c>NOTHING_RUNS</c>: nothing does, or another pool. <c>CANCEL_PENDING</c>: it was asked to end before.
    /// </exception>
    public async Task<IReadOnlyList<LaneState>> CancelAsync(
        string? scope,
        string by,
        CancellationToken cancellationToken
    )
    {
        var pool =
            scope is null || scope == Pools.Both || !Pools.Names.Contains(scope) ? (Pool?)null : Pools.Of(scope)[0];
        var running = new List<LaneState>();
        foreach (var lane in Chosen(scope))
        {
            if ((await ReadAsync(lane, cancellationToken)) is { Job: not null } state)
            {
                running.Add(state);
            }
        }

        if (pool is { } wanted && running is [{ Job.Pool: var other }] && other != wanted)
        {
            throw new TidemarkException(
                ErrorKind.Conflict,
                "NOTHING_RUNS",
                $"{wanted.Name()} does not run now; {other.Name()} does. `tidemark cancel` ends what runs. Nothing was changed."
            );
        }

        if (running.Count == 0)
        {
            throw new TidemarkException(
                ErrorKind.Conflict,
                "NOTHING_RUNS",
                $"{(scope is null ? "Nothing runs" : $"Nothing runs in {Named(scope)}")}: there is nothing to cancel. `tidemark runs` has the history. Nothing was changed."
            );
        }

        if (running.All(state => state.IsCancelRequested))
        {
            throw new TidemarkException(
                ErrorKind.Conflict,
                "CANCEL_PENDING",
                $"{Named(scope, "What runs", "The lane")} is being canceled already: it finishes the commit in flight. Nothing was changed."
            );
        }

        var after = new List<LaneState>();
        foreach (var state in running)
        {
            after.Add(await states.CancelAsync(state.Lane, state.Job!.Id, by, cancellationToken));
        }

        return after;
    }

    // A job whose process is known to be gone does not run, whatever its row says for a minute.
    private async Task<LaneState> ReadAsync(Lane lane, CancellationToken cancellationToken)
    {
        var state = await states.ReadAsync(lane, cancellationToken);
        return state.Job is { } job && LeaseOwner.TryParse(job.Owner) is { IsDead: true }
            ? state with
            {
                Job = null,
            }
            : state;
    }

    private async Task<List<Lane>> ChooseAsync(
        string? scope,
        Func<LaneState, bool> isWanted,
        CancellationToken cancellationToken
    )
    {
        var chosen = new List<Lane>();
        foreach (var lane in Chosen(scope))
        {
            if (isWanted(await states.ReadAsync(lane, cancellationToken)))
            {
                chosen.Add(lane);
            }
        }

        return chosen;
    }

    private static async Task<IReadOnlyList<LaneState>> EachAsync(
        IReadOnlyList<Lane> lanes,
        Func<Lane, Task<LaneState>> change
    )
    {
        var after = new List<LaneState>();
        foreach (var lane in lanes)
        {
            after.Add(await change(lane));
        }

        return after;
    }

    private static IReadOnlyList<Lane> Chosen(string? scope) => scope is null ? Lanes.All : [Lanes.Of(scope)];

    private static string Named(string? scope, string all = "every lane", string one = "the lane") =>
        scope is null ? all : $"{one} {Lanes.Of(scope).Name()}";
}
