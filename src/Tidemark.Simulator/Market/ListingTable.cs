namespace Tidemark.Simulator.Market;

/// <summary>
/// How many instruments were listed by the end of each year, roughly as the real market grew. Fixed, so that a later
/// calendar adds no past.
/// </summary>
internal sealed class ListingTable
{
    private readonly (int Year, int Count)[] _years;

    private ListingTable(params (int Year, int Count)[] years) => _years = years;

    public static ListingTable Stocks { get; } =
        new(
            (1990, 8),
            (1992, 53),
            (1994, 291),
            (1996, 530),
            (1998, 851),
            (2000, 1088),
            (2003, 1287),
            (2006, 1434),
            (2009, 1718),
            (2010, 2063),
            (2011, 2342),
            (2013, 2489),
            (2015, 2827),
            (2016, 3052),
            (2017, 3485),
            (2019, 3760),
            (2020, 4154),
            (2021, 4697),
            (2022, 5079),
            (2023, 5346),
            (2024, 5392),
            (2025, 5460),
            (2026, 5540)
        );

    public static ListingTable Funds { get; } =
        new(
            (2004, 2),
            (2009, 25),
            (2011, 80),
            (2013, 130),
            (2016, 200),
            (2019, 300),
            (2020, 390),
            (2021, 570),
            (2022, 690),
            (2023, 790),
            (2024, 880),
            (2026, 1000)
        );

    public static ListingTable Indices { get; } = new((1990, 1), (2004, 20), (2010, 90), (2020, 250), (2026, 300));

    /// <summary>The listing date of the instrument at a share (0 to 1) of all.</summary>
    public DateOnly DateAt(double share)
    {
        var wanted = share * _years[^1].Count;
        var (year, before) = (_years[0].Year, 0);
        foreach (var (next, count) in _years)
        {
            if (wanted < count)
            {
                var from = new DateOnly(before == 0 ? next : year + 1, before == 0 ? 12 : 1, before == 0 ? 19 : 2);
                var days = new DateOnly(next, 12, 31).DayNumber - from.DayNumber;
                return from.AddDays((int)((wanted - before) / (count - before) * days));
            }

            (year, before) = (next, count);
        }

        return new DateOnly(year, 12, 31);
    }
}
