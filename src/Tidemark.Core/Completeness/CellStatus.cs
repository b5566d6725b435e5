namespace Tidemark.Core.Completeness;

/// <summary>
/// The answer to "is it there?" for one check, entity and day. Numbers are stored: they may only grow.
/// </summary>
public enum CellStatus
{
    /// <summary>Everything that the check requires is there.</summary>
    Complete = 0,

    /// <summary>Some of what the check requires is there.</summary>
    Partial = 1,

    /// <summary>Expected, due, and absent.</summary>
    Missing = 2,

    /// <summary>Not expected; a <see cref="CellReason"/> says why.</summary>
    NotApplicable = 3,

    /// <summary>Nothing of the dataset was ever committed.</summary>
    NotStarted = 4,
}

/// <summary>Why a cell is not applicable. Numbers are stored: they may only grow.</summary>
public enum CellReason
{
    None = 0,
    NotListed = 1,
    Delisted = 2,
    Suspended = 3,
    Holiday = 4,
    VendorHorizon = 5,
    NotEntitled = 6,
    OutsidePlan = 7,

    /// <summary>Its list named it before, and names it no longer, without a delisting.</summary>
    NotInList = 8,
}

/// <summary>How these words are written in the control database and in JSON.</summary>
public static class CellNames
{
    public static string Name(this CellStatus status) =>
        status switch
        {
            CellStatus.Complete => "complete",
            CellStatus.Partial => "partial",
            CellStatus.Missing => "missing",
            CellStatus.NotApplicable => "not_applicable",
            _ => "not_started",
        };

    public static string Name(this CellReason reason) =>
        reason switch
        {
            CellReason.NotListed => "not_listed",
            CellReason.Delisted => "delisted",
            CellReason.Suspended => "suspended",
            CellReason.Holiday => "holiday",
            CellReason.VendorHorizon => "vendor_horizon",
            CellReason.NotEntitled => "not_entitled",
            CellReason.OutsidePlan => "outside_plan",
            CellReason.NotInList => "not_in_list",
            _ => "",
        };
}
