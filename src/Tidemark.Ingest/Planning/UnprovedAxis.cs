using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Planning;

/// <summary>
/// A dataset whose units are planned by symbol although nobody has seen yet that this brings what its days have: a run
/// asks for one day in both ways first.
/// </summary>
/// <param name="Dataset">The dataset, as its own axis asks for it.</param>
/// <param name="Day">The day to compare: a finished one, of which nothing can be late.</param>
/// <param name="Symbols">The symbols that are wanted: one of these is asked for, if the day has it.</param>
public sealed record UnprovedAxis(DatasetDefinition Dataset, DateOnly Day, IReadOnlyList<string> Symbols)
{
    /// <summary>The unit of the whole market.</summary>
    internal UnitId WholeDay => new(Dataset.Id, Day);

    /// <summary>The unit of one symbol.</summary>
    internal UnitId Of(string symbol) => new(Dataset.Id, UnitPeriod.OfRange(Day, Day), symbol);
}
