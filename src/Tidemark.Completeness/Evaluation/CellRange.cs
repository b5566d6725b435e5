using Tidemark.Core.Completeness;

namespace Tidemark.Completeness.Evaluation;

/// <summary>The state of a cell and why, in one small number: three bits of state, five of reason.</summary>
public readonly record struct Cell(CellStatus Status, CellReason Reason = CellReason.None)
{
    private const int ReasonBits = 5;
    private const int ReasonMask = (1 << ReasonBits) - 1;

    /// <summary>Codes are below this: room for eight states and thirty-two reasons.</summary>
    internal const int Codes = 8 << ReasonBits;

    /// <summary>Days outside the listing window are kept with the entity but are no part of any total.</summary>
    public bool IsInsideListing => Reason is not (CellReason.NotListed or CellReason.Delisted);

    internal int Code => ((int)Status << ReasonBits) | (int)Reason;

    internal static Cell OfCode(int code) => new((CellStatus)(code >> ReasonBits), (CellReason)(code & ReasonMask));
}

/// <summary>
/// Open days of one entity in the same state, one after the other, by their positions among the check's days.
/// </summary>
public readonly record struct CellRange(int First, int Last, Cell Cell)
{
    public int Days => Last - First + 1;
}
