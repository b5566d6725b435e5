using System.Globalization;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>
/// The last day that a table's retention has dropped, kept in the table's log: a <c>txn</c> action with the day as its
/// version (<c>20220531</c>), which checkpoints keep after the entry itself is cleaned up. An absent day up to this one
/// was dropped on purpose, so tables derived from it are not out of date because of that.
/// </summary>
internal static class RetentionMark
{
    /// <summary>Cannot be a lane's id: the id of a <see cref="WriterFence"/> has two parts after the first.</summary>
    public const string AppId = "tidemark/retention";

    private const string DayFormat = "yyyyMMdd";

    /// <summary>The last day that was dropped; null when none was.</summary>
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

    /// <summary>The mark after the days up to this one were dropped; never earlier than the present mark.</summary>
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
