namespace Tidemark.Ingest.Planning;

/// <summary>Why a plan wants a unit.</summary>
public enum UnitReason
{
    /// <summary>It is not in the lake.</summary>
    Missing,

    /// <summary>It is in the lake and not whole: its rows, or the checks of its day, say what is wrong.</summary>
    NotWhole,

    /// <summary>More of it is due than was when it was fetched; of a list, rows have codes that it lacks.</summary>
    Behind,

    /// <summary>What it was made from has changed since: a file was dropped once more.</summary>
    Changed,

    /// <summary>Its rows are in files that are gone or damaged.</summary>
    Damaged,

    /// <summary>It says which rows need not be there of a day on which rows are missing.</summary>
    MayExcuse,

    /// <summary>Somebody wants it once more.</summary>
    Again,
}
