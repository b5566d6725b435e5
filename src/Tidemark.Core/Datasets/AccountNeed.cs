using System.Globalization;

namespace Tidemark.Core.Datasets;

/// <summary>What a vendor's account needs for a dataset.</summary>
/// <param name="Points">Points of the account; 0 where none are documented, and where it is bought by itself.</param>
/// <param name="IsPurchased">Whether it is bought by itself, whatever the account's points are.</param>
public sealed record AccountNeed(int Points, bool IsPurchased)
{
    /// <summary>How definitions write what is bought by itself.</summary>
    public const string Purchased = "purchased";

    /// <summary>As definitions write it.</summary>
    public override string ToString() => IsPurchased ? Purchased : Points.ToString(CultureInfo.InvariantCulture);
}

/// <summary>That a vendor has given up a dataset.</summary>
/// <param name="Since">The day from which it answers no more; null when that is not known.</param>
public sealed record Retirement(DateOnly? Since);
