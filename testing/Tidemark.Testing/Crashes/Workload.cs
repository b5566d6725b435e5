using Tidemark.Core.Columns;
using Tidemark.Lake.Tables;

namespace Tidemark.Testing.Crashes;

/// <summary>What a step does to the table.</summary>
public enum WorkloadAction
{
    Commit,
    Compact,
    Restore,
    Vacuum,
}

/// <summary>
/// A unit that a step commits: its rows are <c>unit#0 … unit#n</c>, each with the step's number as its value.
/// </summary>
public readonly record struct WorkloadUnit(string Name, DateOnly Day, int Rows);

/// <summary>One step; the seed and its number determine it completely.</summary>
/// <param name="Number">Counted from 0.</param>
/// <param name="Action">The kind of step.</param>
/// <param name="Units">For a commit, its units.</param>
/// <param name="Back">For a restore, how many versions it goes back.</param>
public sealed record WorkloadStep(int Number, WorkloadAction Action, IReadOnlyList<WorkloadUnit> Units, int Back);

/// <summary>
/// A long row of random steps on one small table, the same for the same seed: one process carries them out, and another
/// that knows the seed can tell what the table must contain.
/// </summary>
public static class Workload
{
    private const int Days = 4;
    private const int Shards = 3;
    private static readonly DateOnly s_firstDay = new(2024, 6, 3);
    private static readonly ColumnDefinition[] s_columns =
    [
        new("code", ColumnKind.Text, Nullable: false),
        new("value", ColumnKind.Double),
    ];

    /// <summary>The table: text and number, partitioned by day, several units a day.</summary>
    public static TableDefinition Table { get; } =
        new(
            new TableId("ods", "ods_crash"),
            [new LakeColumn("code", LakeType.Text, Nullable: false), new LakeColumn("value", LakeType.Double)],
            ["code"]
        );

    public static WorkloadStep Step(int seed, int number)
    {
        var random = new Random(HashCode(seed, number));
        var action = random.Next(100) switch
        {
            _ when number < Days => WorkloadAction.Commit,
            < 70 => WorkloadAction.Commit,
            < 82 => WorkloadAction.Compact,
            < 92 => WorkloadAction.Restore,
            _ => WorkloadAction.Vacuum,
        };
        var units = new Dictionary<string, WorkloadUnit>(StringComparer.Ordinal);
        for (var i = random.Next(1, 4); action == WorkloadAction.Commit && i > 0; i--)
        {
            var day = s_firstDay.AddDays(random.Next(Days));
            var name = $"u{random.Next(Shards)}/{day:yyyy-MM-dd}";
            units[name] = new WorkloadUnit(name, day, random.Next(5) == 0 ? 0 : random.Next(1, 30));
        }

        return new WorkloadStep(number, action, [.. units.Values], random.Next(1, 4));
    }

    public static ColumnBatch Rows(WorkloadStep step, WorkloadUnit unit)
    {
        var batch = new ColumnBatch(s_columns);
        for (var i = 0; i < unit.Rows; i++)
        {
            ((TextColumn)batch.Columns[0]).Append(System.Text.Encoding.UTF8.GetBytes($"{unit.Name}#{i}"));
            ((ValueColumn<double>)batch.Columns[1]).Append(step.Number);
        }

        return batch;
    }

    // System.HashCode differs between processes.
    private static int HashCode(int seed, int number) => unchecked((seed * 7_919) ^ (number * 104_729));
}
