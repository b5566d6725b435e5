namespace Tidemark.Ingest.Planning;

/// <summary>How much a unit loses by waiting; units of a plan go in this order.</summary>
public enum Urgency
{
    /// <summary>The vendor serves only the present: what is not fetched now cannot be had later.</summary>
    PresentOnly,

    /// <summary>Of the recent trading days, for which users wait.</summary>
    Recent,

    /// <summary>Of days before, which can be had tomorrow as well.</summary>
    History,
}
