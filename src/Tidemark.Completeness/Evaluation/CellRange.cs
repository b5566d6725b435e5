using Tidemark.Core.Completeness;

namespace Tidemark.Completeness.Evaluation;

/// <summary>The state of a cell and why, in one byte.</summary>
public readonly record struct Cell(CellStatus Status, CellReason Reason = CellReason.None)
{
    internal const int Codes = 64;

    /// <summary>Days outside the listing window are kept with the entity but are no part of any total.</summary>
    public bool IsInsideListing => Reason is not (CellReason.NotListed or CellReason.Delisted);

    internal int Code => ((int)Status << 3) | (int)Reason;

    internal static Cell OfCode(int code) => new((CellStatus)(code >> 3), (CellReason)(code & 7));
}

/// <summary>Open days of one entity in the same state, one after the other, by their positions among the check's days.</summary>
public readonly record struct CellRange(int First, int Last, Cell Cell)
{
    public int Days => Last - First + 1;
}
