using System.Globalization;
using System.Text;

namespace Tidemark.Core.Runs;

/// <summary>Why a row that came does not go on. Everything else that is wrong with a row fails its unit.</summary>
public enum DropReason
{
    /// <summary>It is of a day that was not asked for: the vendor sends all of its days at once.</summary>
    OtherDay,

    /// <summary>It equals another row of the unit in every value.</summary>
    Repeated,
}

/// <summary>Rows that were dropped, by reason.</summary>
/// <param name="OtherDay">See <see cref="DropReason.OtherDay"/>.</param>
/// <param name="Repeated">See <see cref="DropReason.Repeated"/>.</param>
public readonly record struct DropCounts(long OtherDay, long Repeated)
{
    /// <summary>Every reason.</summary>
    public static IReadOnlyList<DropReason> Reasons { get; } = [DropReason.OtherDay, DropReason.Repeated];

    /// <summary>All of them.</summary>
    public long Total => OtherDay + Repeated;

    /// <summary>How many of a reason.</summary>
    public long this[DropReason reason] => reason == DropReason.OtherDay ? OtherDay : Repeated;

    public static DropCounts operator +(DropCounts a, DropCounts b) =>
        new(a.OtherDay + b.OtherDay, a.Repeated + b.Repeated);

    /// <summary>Those with at least one row: a JSON object; null without any.</summary>
    public string? ToJson()
    {
        if (Total == 0)
        {
            return null;
        }

        var json = new StringBuilder("{");
        foreach (var reason in Reasons)
        {
            if (this[reason] > 0)
            {
                json.Append(json.Length > 1 ? "," : "")
                    .Append(CultureInfo.InvariantCulture, $"\"{reason.Name()}\":{this[reason]}");
            }
        }

        return json.Append('}').ToString();
    }
}
