using System.Collections.Immutable;
using Tidemark.Lake;

namespace Tidemark.Testing.Crashes;

/// <summary>
/// The content of a <see cref="Workload"/>'s table: for each unit its rows and the number of the step that wrote them
/// (−1 for none).
/// </summary>
public sealed record WorkloadState(ImmutableSortedDictionary<string, (long Rows, int Step)> Units)
{
    public static WorkloadState Empty { get; } =
        new(ImmutableSortedDictionary.Create<string, (long, int)>(StringComparer.Ordinal));

    /// <summary>The state after a commit. Other steps return to another state or keep this one.</summary>
    public WorkloadState Commit(WorkloadStep step) =>
        new(Units.SetItems(step.Units.Select(u => KeyValuePair.Create(u.Name, Written(u.Rows, step.Number)))));

    /// <summary>
    /// Reads the state from a lake; throws when a unit's rows are not all of one step, or not all there.
    /// </summary>
    public static async Task<(WorkloadState State, long Version)> ReadAsync(
        DataLake lake,
        CancellationToken cancellationToken
    )
    {
        var snapshot = await lake.Table(Workload.Table.Id).SnapshotAsync(cancellationToken);
        if (!snapshot.Exists)
        {
            return (Empty, -1);
        }

        var units = snapshot.Units.ToImmutableSortedDictionary(u => u, _ => Written(0, 0), StringComparer.Ordinal);
        using var session = await lake.OpenSessionAtAsync([snapshot], cancellationToken);
        using var result = session.Connection.Query(
            "SELECT split_part(code, '#', 1), count(*), min(value), max(value), max(split_part(code, '#', 2)::INT) + 1, "
                + "count(DISTINCT code), bool_and(split_part(split_part(code, '#', 1), '/', 2) = dt::VARCHAR) "
                + "FROM ods.ods_crash GROUP BY ALL",
            cancellationToken
        );
        foreach (var row in result.Rows())
        {
            var (unit, rows) = ((string)row[0]!, (long)row[1]!);
            var isWhole =
                units.ContainsKey(unit)
                && row[2]!.Equals(row[3])
                && Convert.ToInt64(row[4], null) == rows
                && (long)row[5]! == rows
                && (bool)row[6]!;
            if (!isWhole)
            {
                throw new InvalidDataException($"the unit {unit} is torn: {string.Join(", ", row)}");
            }

            units = units.SetItem(unit, Written(rows, Convert.ToInt32(row[2], null)));
        }

        return (new WorkloadState(units), snapshot.Version);
    }

    public bool Equals(WorkloadState? other) => other is not null && Units.SequenceEqual(other.Units);

    public override int GetHashCode() => Units.Count;

    public override string ToString() =>
        string.Join(", ", Units.Select(u => $"{u.Key}: {u.Value.Rows} of step {u.Value.Step}"));

    private static (long, int) Written(long rows, int step) => rows == 0 ? (0, -1) : (rows, step);
}
