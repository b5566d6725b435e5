using System.Collections.Concurrent;
using Tidemark.Control.Schedules;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Running;

namespace Tidemark.Operations.Schedules;

/// <summary>
/// The moments that this process took up. What became of one is never lost: what cannot be written now is written when
/// the process wakes next. Thread-safe.
/// </summary>
public sealed class FireBook(ScheduleFires fires, IIdSource ids)
{
    private readonly ConcurrentDictionary<DateTimeOffset, ScheduleFire> _inHand = new();
    private readonly ConcurrentDictionary<DateTimeOffset, ScheduleFire> _unwritten = new();

    /// <summary>
    /// This process, by an id of its own: in a container that is started anew, machine and process id are those of the
    /// one before.
    /// </summary>
    public string Owner { get; } = LeaseOwner.Here($"serve-{ids.NewId()}").ToString();

    /// <summary>Takes a moment up; false where somebody has it.</summary>
    public async Task<bool> TakeAsync(ScheduleFire fire, CancellationToken cancellationToken)
    {
        var isMine = await fires.TakeAsync(fire, cancellationToken);
        if (isMine && fire.FinishedAt is null)
        {
            _inHand[fire.DueAt] = fire;
        }

        return isMine;
    }

    /// <summary>Writes what becomes of a moment, now or when the process wakes next.</summary>
    public Task WriteAsync(ScheduleFire fire)
    {
        _unwritten[fire.DueAt] = fire;
        return TryWriteAsync(fire, CancellationToken.None);
    }

    /// <summary>
    /// Writes what could not be written, says that this process has still what it took up, and closes what others took
    /// up that serve no more.
    /// </summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        foreach (var fire in _unwritten.Values)
        {
            await TryWriteAsync(fire, cancellationToken);
        }

        await fires.KeepAsync(ScheduleRunner.China, Owner, [.. _inHand.Keys], cancellationToken);
        await fires.CloseDeadAsync(owner => LeaseOwner.TryParse(owner) is { IsDead: true }, cancellationToken);
    }

    private async Task TryWriteAsync(ScheduleFire fire, CancellationToken cancellationToken)
    {
        try
        {
            await fires.WriteAsync(fire, cancellationToken);
            _unwritten.TryRemove(new KeyValuePair<DateTimeOffset, ScheduleFire>(fire.DueAt, fire));
            if (fire.FinishedAt is not null)
            {
                _inHand.TryRemove(fire.DueAt, out _);
            }
        }
        catch (TidemarkException)
        {
            // The database is away or busy; it is written when the process wakes next.
        }
    }
}
