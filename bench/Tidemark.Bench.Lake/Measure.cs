using System.Diagnostics;
using System.Globalization;

namespace Tidemark.Bench.Lake;

/// <summary>Times of one side, in milliseconds.</summary>
internal sealed class Times
{
    private readonly List<double> _all = [];

    public double Median => Quantile(0.5);

    public void Add(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        _all.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    public double Quantile(double share)
    {
        var sorted = _all.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
    }
}

/// <summary>Prints a figure beside its limit and remembers whether all held.</summary>
internal sealed class Report
{
    public bool AllHold { get; private set; } = true;

    public void Ratio(string what, Times ours, Times theirs, double limit) =>
        Line(what, ours.Median / theirs.Median, limit, "×", $"{Text(ours.Median)} ms against {Text(theirs.Median)} ms");

    public void Milliseconds(string what, double value, double limit) => Line(what, value, limit, " ms", "");

    public void Megabytes(string what, double value, double limit) => Line(what, value, limit, " MB", "");

    public void Note(string text) => Console.WriteLine($"         {text}");

    private void Line(string what, double value, double limit, string unit, string detail)
    {
        var holds = value <= limit;
        AllHold &= holds;
        Console.WriteLine(
            $"{(holds ? "holds " : "MISSES")}   {what}: {Text(value)}{unit} (at most {Text(limit)}{unit}){(detail.Length > 0 ? $", {detail}" : "")}"
        );
    }

    private static string Text(double value) =>
        value.ToString(value < 100 ? "0.00" : "0", CultureInfo.InvariantCulture);
}
