using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Macro;

/// <summary>
/// Money supply and financing. Both are published on the 12th of the next month; with the month after, the figure is
/// revised once.
/// </summary>
internal sealed class Money(ulong seed)
{
    public const int PublishedOn = 12;

    private static readonly (double Level, double Growth)[] s_supplies =
    [
        (80_000, 0.07),
        (580_000, 0.06),
        (2_050_000, 0.09),
    ];

    /// <summary>In 100 million CNY, with changes over a year and a month in percent.</summary>
    public Cell[] Supply(int month, DateOnly today)
    {
        var cells = new List<Cell> { Economy.Name(month) };
        for (var kind = 0; kind < s_supplies.Length; kind++)
        {
            var now = Level(kind, month, today);
            cells.Add(Cell.Num(now, 2));
            cells.Add(Cell.Num(100 * ((now / Level(kind, month - 12, today)) - 1), 2));
            cells.Add(Cell.Num(100 * ((now / Level(kind, month - 1, today)) - 1), 2));
        }

        return [.. cells];
    }

    /// <summary>
    /// The flow of the month and of the year in 100 million CNY, what is outstanding in 10^12 CNY. The year's sum holds
    /// revised flows, so its steps are not the flows.
    /// </summary>
    public Cell[] Financing(int month, DateOnly today)
    {
        var sum = Flow(month, isRevised: false);
        for (var before = month / 12 * 12; before < month; before++)
        {
            sum += Flow(before, isRevised: true);
        }

        return
        [
            Economy.Name(month),
            Cell.Num(Flow(month, IsRevised(month, today)), 2),
            Cell.Num(sum, 2),
            Cell.Num(200 * Math.Exp(0.095 * ((month / 12.0) - 2019)), 2),
        ];
    }

    private double Level(int kind, int month, DateOnly today)
    {
        var (level, growth) = s_supplies[kind];
        var wave = new Wave(SeededHash.Mix(seed, 4700, (ulong)kind), 0, 0.03, 10);
        var first = level * Math.Exp((growth * ((month / 12.0) - 2020)) + wave.At(month));
        return Math.Round(first * (IsRevised(month, today) ? 1 + Revision(kind, month) : 1), 2);
    }

    private double Flow(int month, bool isRevised)
    {
        var wave = new Wave(SeededHash.Mix(seed, 4800), 28_000, 22_000, 2);
        return Math.Round(wave.At(month) * (isRevised ? 1 + Revision(9, month) : 1));
    }

    private double Revision(int kind, int month) =>
        0.004 * SeededHash.Signed(SeededHash.Mix(SeededHash.Mix(seed, 4900), (ulong)kind, (ulong)month));

    private static bool IsRevised(int month, DateOnly today) => today >= Economy.Published(month + 1, PublishedOn);
}
