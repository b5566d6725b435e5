using System.Globalization;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>
/// Up to which day a table's retention has dropped its days, as the table's log remembers it: a <c>txn</c> action with
/// the day as its version (<c>20220531</c>), which checkpoints keep when the entry itself is long cleaned up. A day
/// that is not there and not after it was dropped on purpose; what was derived from it is no longer out of date for
/// that.
/// </summary>
internal static class RetentionMark
{
    /// <summary>No pool is called so: a <see cref="WriterFence"/> has two parts behind the first.</summary>
    public const string AppId = "tidemark/retention";

    private const string DayFormat = "yyyyMMdd";

    /// <summary>The last day that was dropped; null where none was.</summary>
    public static DateOnly? Of(TableSnapshot table) =>
        table.Transactions.GetValueOrDefault(AppId) is { } mark
        && DateOnly.TryParseExact(
            mark.Version.ToString(CultureInfo.InvariantCulture),
            DayFormat,
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var day
        )
            ? day
            : null;

    /// <summary>The mark after days up to this one are dropped; never an earlier day than before.</summary>
    public static TransactionAction? After(TableSnapshot before, DateOnly? last)
    {
        var through = Of(before) is { } known && !(last > known) ? known : last;
        return through is { } day
            ? new TransactionAction(
                AppId,
                long.Parse(day.ToString(DayFormat, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            )
            : null;
    }
}
