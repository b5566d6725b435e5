namespace Tidemark.Core.Datasets;

/// <summary>
/// What a unit of a dataset owes: what must be there before it counts as complete. How it is fetched is another
/// question, which the grain answers: bars of a month come by a range of days, and a month owes them all the same.
/// </summary>
public enum ExpectedRows
{
    /// <summary>A row of each instrument that is listed, on each open day of the calendar.</summary>
    InstrumentDay,

    /// <summary>Rows on each open day of the calendar, of whatever instruments the vendor has.</summary>
    CalendarDay,

    /// <summary>Rows of the period once it is over: a figure, a list, the bars of a month.</summary>
    Period,

    /// <summary>The vendor's present list.</summary>
    Snapshot,

    /// <summary>Nothing but an answer: rows are there where something happened.</summary>
    Event,

    /// <summary>The present state as long as the market trades: what was not asked for then cannot be had.</summary>
    Live,
}
