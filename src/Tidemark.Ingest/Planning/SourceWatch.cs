using Tidemark.Core.Datasets;
using Tidemark.Ingest.Axes;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Planning;

/// <summary>
/// Compares what the wanted units of a dataset would be made from with what those in the lake were made from. A source
/// that is gone is no change: what was made from it stays.
/// </summary>
internal sealed class SourceWatch(IWatchedClient client, DatasetWants wants)
{
    private readonly Dictionary<UnitId, DateTimeOffset> _behind = wants.Behind.ToDictionary();
    private readonly HashSet<UnitId> _changed = [];
    private readonly Dictionary<UnitId, DateTimeOffset> _changedAt = [];

    /// <summary>The wants, with the units whose sources have changed.</summary>
    public async Task<DatasetWants> ReadAsync(CancellationToken cancellationToken)
    {
        var units = new List<UnitId>(wants.Units.Count);
        foreach (var unit in wants.Units)
        {
            units.Add(await LookAsync(unit, cancellationToken) ? wants.Axis.Renewed(unit, wants.Scope) : unit);
        }

        return wants with
        {
            Units = units,
            Behind = _behind,
            Changed = _changed,
            ChangedAt = _changedAt,
        };
    }

    /// <summary>Whether the unit is in the lake and its sources have changed since.</summary>
    private async Task<bool> LookAsync(UnitId unit, CancellationToken cancellationToken)
    {
        var standing = wants.Scope.Standing;
        var known = new Queue<string>(SourceFingerprint.Of(unit, standing.Snapshot));
        var isChanged = false;
        foreach (var request in wants.Axis.Requests(unit, wants.Axis.ThroughOf(unit, wants.Scope)))
        {
            var state = await client.LookAsync(request, known.TryDequeue(out var was) ? was : null, cancellationToken);
            isChanged |= state is { IsThere: true, IsChanged: true };
            if (state.ChangedAt is { } at && !(at <= _changedAt.GetValueOrDefault(unit)))
            {
                _changedAt[unit] = at;
            }
        }

        if (!isChanged || !standing.Has(unit) || _behind.ContainsKey(unit))
        {
            return false;
        }

        var renewed = wants.Axis.Renewed(unit, wants.Scope);
        _behind[renewed] = DateTimeOffset.MinValue;
        _changed.Add(renewed);
        if (_changedAt.TryGetValue(unit, out var moment))
        {
            _changedAt[renewed] = moment;
        }

        return true;
    }
}
