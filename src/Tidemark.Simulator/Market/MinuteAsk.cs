using System.Globalization;
using Tidemark.Simulator.Tables;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Market;

/// <summary>
/// The parameters of minute APIs: <c>freq</c> (1min … 60min; 1MIN … 60MIN where it is live), and a range of moments. A
/// day without a time is its midnight, so that the last day of a range of days is missing, as at the vendor.
/// </summary>
internal sealed class MinuteAsk
{
    private static readonly int[] s_lengths = [1, 5, 15, 30, 60];
    private static readonly string[] s_moments = ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd", "yyyyMMdd", "yyyyMMdd HH:mm:ss"];

    private readonly DateTime _from;
    private readonly DateTime _until;

    public MinuteAsk(Ask ask, bool isLive)
    {
        var suffix = isLive ? "MIN" : "min";
        Length = Array.Find(s_lengths, n => ask["freq"] == $"{n}{suffix}");
        if (Length == 0)
        {
            throw TushareAnswer.Refusal(TushareError.OddParameters);
        }

        _from = Moment(ask["start_date"]) ?? DateTime.MinValue;
        _until = Moment(ask["end_date"]) ?? DateTime.MaxValue;
        First = DateOnly.FromDateTime(_from);
        Last = DateOnly.FromDateTime(_until) is var last && last < ask.Today ? last : ask.Today;
    }

    /// <summary>Minutes in a bar.</summary>
    public int Length { get; }

    public DateOnly First { get; }

    /// <summary>Not after the market's today.</summary>
    public DateOnly Last { get; }

    public bool Has(DateOnly day, int minute)
    {
        var moment = day.ToDateTime(TimeOnly.MinValue).AddMinutes(minute);
        return moment >= _from && moment <= _until;
    }

    public static string Text(DateOnly day, int minute) =>
        $"{day.Year:D4}-{day.Month:D2}-{day.Day:D2} {minute / 60:D2}:{minute % 60:D2}:00";

    private static DateTime? Moment(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return DateTime.TryParseExact(
            text,
            s_moments,
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var moment
        )
            ? moment
            : throw TushareAnswer.Refusal(TushareError.OddParameters);
    }
}
