using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>Messages with historical bars.</summary>
internal static class HistoryMessages
{
    /// <summary>The whole answer; its end is implied.</summary>
    public static void HistoricalData(
        FrameBuffer to,
        int id,
        string start,
        string end,
        IReadOnlyList<(string Time, HistoryBar Bar)> bars
    )
    {
        to.Begin(17).Int(id).Text(start).Text(end).Int(bars.Count);
        foreach (var (time, bar) in bars)
        {
            to.Text(time).Double(bar.Open).Double(bar.High).Double(bar.Low).Double(bar.Close).Int(bar.Volume);
            Average(to, bar).Int(bar.Count);
        }

        to.End();
    }

    /// <summary>The bar that is being made. The close comes before the high.</summary>
    public static void HistoricalDataUpdate(FrameBuffer to, int id, string time, in HistoryBar bar)
    {
        to.Begin(90).Int(id).Int(bar.Count).Text(time);
        to.Double(bar.Open).Double(bar.Close).Double(bar.High).Double(bar.Low);
        Average(to, bar).Int(bar.Volume).End();
    }

    /// <summary>The sessions of a span of days.</summary>
    public static void HistoricalSchedule(
        FrameBuffer to,
        int id,
        string start,
        string end,
        IReadOnlyList<(string Start, string End, DateOnly Day)> sessions
    )
    {
        to.Begin(106).Int(id).Text(start).Text(end).Text("US/Eastern").Int(sessions.Count);
        foreach (var session in sessions)
        {
            to.Text(session.Start).Text(session.End).Day(session.Day);
        }

        to.End();
    }

    public static void HeadTimestamp(FrameBuffer to, int id, string time) => to.Begin(88).Int(id).Text(time).End();

    private static FrameBuffer Average(FrameBuffer to, in HistoryBar bar) =>
        bar.Volume < 0 ? to.Int(-1) : to.Double(bar.Average);
}
