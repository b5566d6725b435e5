using System.Globalization;

namespace Tidemark.Bench.Ibkr;

/// <summary>Prints a figure beside its limit and remembers whether all held.</summary>
internal sealed class Report
{
    public bool AllHold { get; private set; } = true;

    public void AtLeast(string what, double value, double limit, string unit) =>
        Line(what, value, value >= limit, $"at least {Text(limit)}", unit);

    public void AtMost(string what, double value, double limit, string unit) =>
        Line(what, value, value <= limit, $"at most {Text(limit)}", unit);

    public void Note(string text) => Console.WriteLine($"         {text}");

    private static string Text(double value) =>
        value.ToString(value is < 100 and > 0 ? "0.00" : "N0", CultureInfo.InvariantCulture);

    private void Line(string what, double value, bool holds, string limit, string unit)
    {
        AllHold &= holds;
        Console.WriteLine($"{(holds ? "holds " : "MISSES")}   {what}: {Text(value)} {unit} ({limit})");
    }
}
