using Microsoft.Extensions.Logging;

namespace Tidemark.Vendors.Sources;

/// <summary>
/// Stands between a client and the sources of one account: does not send what would only fail. What it finds is kept
/// when it matters to another process: when a source is halted or back, and once a minute while one answers.
/// Thread-safe.
/// </summary>
internal sealed class SourceBreaker(SourceStates states, TimeProvider clock, ILogger logger) : IDisposable
{
    private static readonly TimeSpan s_keepsEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _store = new(1, 1);
    private readonly Dictionary<string, Circuit> _circuits = new(StringComparer.Ordinal);
    private Dictionary<string, SourceState>? _kept;
    private TaskCompletionSource _changed = NewSignal();
    private DateTimeOffset _keptAt;

    /// <summary>What is known of all sources, of this process and those before it, by name.</summary>
    public async Task<IReadOnlyList<SourceState>> AllAsync(CancellationToken cancellationToken)
    {
        var all = await states.ReadAsync(cancellationToken);
        lock (_lock)
        {
            foreach (var (name, circuit) in _circuits)
            {
                all[name] = circuit.State;
            }
        }

        return [.. all.Values.OrderBy(s => s.Name, StringComparer.Ordinal)];
    }

    /// <summary>Sends a call, or says that its source is down.</summary>
    /// <param name="path">What it depends on.</param>
    /// <param name="onWait">
    /// Hears of a wait for a source that may be back at once; null to end instead of waiting.
    /// </param>
    /// <param name="send">Sends it.</param>
    /// <param name="cancellationToken">Ends the wait and the call.</param>
    /// <exception cref="VendorException">Of the call, or <see cref="VendorErrorCodes.SourceDown"/>.</exception>
    public async Task<T> SendAsync<T>(
        SourcePath path,
        Action<TimeSpan, SourceState>? onWait,
        Func<Task<T>> send,
        CancellationToken cancellationToken
    )
    {
        var call = await EnterAsync(path, onWait, cancellationToken);
        try
        {
            var answer = await send();
            Answered(call, isSuccess: true);
            return answer;
        }
        catch (VendorException e) when (e.IsOutage)
        {
            Failed(call, e);
            throw;
        }
        catch (VendorException)
        {
            Answered(call, isSuccess: false);
            throw;
        }
        finally
        {
            await LeaveAsync(call);
        }
    }

    /// <summary>
    /// The same before a call takes something that cannot be given back, such as its turn. What it depends on may
    /// still go down before it is sent.
    /// </summary>
    public Task EnsureOpenAsync(
        SourcePath path,
        Action<TimeSpan, SourceState>? onWait,
        CancellationToken cancellationToken
    ) => PassAsync<object?>(path, onWait, _ => null, cancellationToken);

    public void Dispose() => _store.Dispose();

    private Task<Call> EnterAsync(
        SourcePath path,
        Action<TimeSpan, SourceState>? onWait,
        CancellationToken cancellationToken
    ) =>
        PassAsync(
            path,
            onWait,
            circuits => new Call(path, [.. circuits.Select(c => (c, c.Begin()))]),
            cancellationToken
        );

    /// <summary>Waits until a call may be sent, and does something in the same moment.</summary>
    private async Task<T> PassAsync<T>(
        SourcePath path,
        Action<TimeSpan, SourceState>? onWait,
        Func<Circuit[], T> passed,
        CancellationToken cancellationToken
    )
    {
        await LoadAsync(cancellationToken);
        while (true)
        {
            Passage passage;
            SourceState? at;
            Task changed;
            lock (_lock)
            {
                var circuits = CircuitsOf(path);
                (passage, at) = Strictest(circuits);
                if (at is null)
                {
                    return passed(circuits);
                }

                changed = _changed.Task;
            }

            if (passage.IsClosed || (passage.Wait is not null && onWait is null))
            {
                throw SourceErrors.Down(path, at, clock.GetUtcNow());
            }

            if (passage.Wait is not { } wait)
            {
                await changed.WaitAsync(cancellationToken);
                continue;
            }

            onWait!(wait, at);
            await Task.Delay(wait, clock, cancellationToken);
        }
    }

    private (Passage Passage, SourceState? At) Strictest(IReadOnlyList<Circuit> circuits)
    {
        var now = clock.GetUtcNow();
        (Passage Passage, SourceState? At) strictest = (Passage.Free, null);
        foreach (var circuit in circuits)
        {
            var passage = circuit.At(now);
            if (passage.IsClosed)
            {
                return (passage, circuit.State);
            }

            if (!passage.IsFree && (strictest.At is null || passage.Wait > strictest.Passage.Wait))
            {
                strictest = (passage, circuit.State);
            }
        }

        return strictest;
    }

    private void Answered(Call call, bool isSuccess)
    {
        lock (_lock)
        {
            call.HasSucceeded = isSuccess;
            foreach (var (circuit, _) in call.Circuits)
            {
                Answered(call, circuit, isSuccess);
            }
        }
    }

    private void Answered(Call call, Circuit circuit, bool isSuccess)
    {
        var now = clock.GetUtcNow();
        var before = circuit.State;
        circuit.Answered(now, isSuccess);
        call.HasChanged |= before.Halts > 0;
        if (before.IsDown)
        {
            logger.Back(before.Name, before.FailingSince ?? now);
        }
    }

    private void Failed(Call call, VendorException error)
    {
        lock (_lock)
        {
            if (call.Path.Relay is null)
            {
                Failed(call, call.Circuits, error);
                return;
            }

            // Of what is behind a relay that does not answer, nobody knows anything; nor of one that is late, whether
            // it is late itself.
            var relay = call.Circuits[0];
            var isLate = error.Code == VendorErrorCodes.Timeout;
            if (error.Code == VendorErrorCodes.Unreachable || (isLate && relay.Probes))
            {
                Failed(call, [relay], error);
                return;
            }

            if (!isLate)
            {
                Answered(call, relay.Circuit, isSuccess: false);
            }

            Failed(call, call.Circuits.Skip(1), error);
        }
    }

    private void Failed(Call call, IEnumerable<(Circuit Circuit, bool Probes)> circuits, VendorException error)
    {
        var now = clock.GetUtcNow();
        foreach (var (circuit, probes) in circuits)
        {
            var before = circuit.State;
            circuit.Failed(call.Path.Api, now, probes, error.Message);
            call.HasChanged |= circuit.State.Halts != before.Halts;
            if (circuit.State.IsDown && circuit.State.Halts != before.Halts)
            {
                logger.Down(before.Name, circuit.State.NextRetryAt ?? now, error.Message);
            }
        }
    }

    private async ValueTask LeaveAsync(Call call)
    {
        bool isToKeep;
        lock (_lock)
        {
            foreach (var (circuit, probed) in call.Circuits)
            {
                circuit.End(probed);
            }

            _changed.TrySetResult();
            _changed = NewSignal();
            var now = clock.GetUtcNow();
            var isNews = call.HasSucceeded && (now - _keptAt >= s_keepsEvery || now < _keptAt);
            isToKeep = call.HasChanged || isNews;
            _keptAt = isToKeep ? now : _keptAt;
        }

        if (isToKeep)
        {
            await KeepAsync();
        }
    }

    // Not cancelable: the next process should know also what a stopped one has found.
    private async Task KeepAsync()
    {
        await _store.WaitAsync(CancellationToken.None);
        try
        {
            SourceState[] mine;
            lock (_lock)
            {
                mine = [.. _circuits.Values.Select(c => c.State)];
            }

            await states.KeepAsync(mine, CancellationToken.None);
        }
        finally
        {
            _store.Release();
        }
    }

    private async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _kept) is not null)
        {
            return;
        }

        await _store.WaitAsync(cancellationToken);
        try
        {
            Volatile.Write(ref _kept, _kept ?? await states.ReadAsync(cancellationToken));
        }
        finally
        {
            _store.Release();
        }
    }

    private Circuit[] CircuitsOf(SourcePath path) =>
        [.. path.Names.Select(name => CircuitOf(name, needsTwoApis: name == path.Source))];

    private Circuit CircuitOf(string name, bool needsTwoApis)
    {
        if (!_circuits.TryGetValue(name, out var circuit))
        {
            // Failures that halted nothing yet were another process's, and may be long over.
            var known = _kept!.GetValueOrDefault(name) ?? new SourceState(name);
            var state = known.IsDown ? known : new SourceState(name) { LastSuccessAt = known.LastSuccessAt };
            _circuits[name] = circuit = new Circuit(state, needsTwoApis);
        }

        return circuit;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="Path">What it depends on.</param>
    /// <param name="Circuits">Its sources, and whether it probes them.</param>
    private sealed record Call(SourcePath Path, IReadOnlyList<(Circuit Circuit, bool Probes)> Circuits)
    {
        public bool HasSucceeded { get; set; }

        /// <summary>Whether a source was halted by it, or is back.</summary>
        public bool HasChanged { get; set; }
    }
}
