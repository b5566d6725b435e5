using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Answers;
using Tidemark.Core.Calendars;
using Tidemark.Core.Markets;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Calendars;

/// <summary>Reads the vendor's calendars from the lake: all exchanges' from one table, those of futures from another.</summary>
internal static class VendorCalendars
{
    /// <summary>Grows whenever calendars are made of the table's rows, or kept, in another way.</summary>
    private const int Rules = 1;

    // The first of those that have an exchange counts.
    private static readonly Source[] s_sources =
    [
        new(new TableId("ods", VendorCalendar.Table), "the vendor's calendars", "at the vendor"),
        new(
            new TableId("ods", VendorCalendar.FuturesTable),
            "the vendor's calendars of futures",
            "at the vendor (fut_trade_cal)"
        ),
    ];

    private static readonly AnswerShape<IReadOnlyList<VendorCalendar>> s_shape = new(
        calendars => new AnswerTable([.. calendars.Select(Row)]),
        table => [.. table.Rows.Select(Calendar)]
    );

    // A list comes every day, and for each exchange the newest list that has it counts. The lists of two months are
    // enough to find it.
    private static string Lists(TableId table) =>
        $"""
            SELECT exchange, max(dt)::VARCHAR FROM {table}
            WHERE dt > (SELECT max(dt) FROM {table}) - INTERVAL 60 DAY
            GROUP BY exchange ORDER BY exchange
            """;

    private static string Days(TableId table) =>
        $"""
            SELECT (cal_date - DATE '0001-01-01')::INTEGER, CASE WHEN is_open IN (0, 1) THEN is_open ELSE -1 END::INTEGER
            FROM {table}
            WHERE dt = CAST($1 AS DATE) AND exchange = $2 AND cal_date IS NOT NULL AND is_open IS NOT NULL
            ORDER BY cal_date
            """;

    /// <summary>The tables with the vendor's calendars, as they are now.</summary>
    public static async Task<IReadOnlyList<TableSnapshot>> SnapshotsAsync(
        DataLake lake,
        CancellationToken cancellationToken
    )
    {
        var snapshots = new List<TableSnapshot>();
        foreach (var source in s_sources)
        {
            snapshots.Add(await lake.Table(source.Table).SnapshotAsync(cancellationToken));
        }

        return snapshots;
    }

    /// <summary>
    /// The calendars of known exchanges, by exchange; exchanges with unknown vendor codes are left out. They are kept
    /// with the table's version: every command needs them, and they change once a day.
    /// </summary>
    public static async Task<IReadOnlyList<VendorCalendar>> ReadAsync(
        DataLake lake,
        IKeptAnswers? kept,
        CancellationToken cancellationToken
    )
    {
        var calendars = new List<VendorCalendar>();
        var snapshots = await SnapshotsAsync(lake, cancellationToken);
        foreach (var (source, snapshot) in s_sources.Zip(snapshots))
        {
            if (!snapshot.Exists || snapshot.Files.Count == 0)
            {
                continue;
            }

            // Where a file is lost, reading says so.
            var isWhole = (await lake.ReadableAsync(snapshot, cancellationToken)).Lost.Count == 0;
            var read = await (isWhole ? kept : null).OfAsync(
                source.Question,
                $"{Rules} {TableMark.Of(snapshot)}",
                s_shape,
                () => ReadAsync(lake, snapshot, cancellationToken),
                cancellationToken
            );
            calendars.AddRange(read.Select(calendar => calendar with { Where = source.Where }));
        }

        return calendars;
    }

    private static async Task<IReadOnlyList<VendorCalendar>> ReadAsync(
        DataLake lake,
        TableSnapshot snapshot,
        CancellationToken cancellationToken
    )
    {
        using var session = await lake.OpenSessionAtAsync([snapshot], cancellationToken);
        var calendars = new List<VendorCalendar>();
        foreach (var (vendorCode, day) in ListsOf(session.Connection, snapshot.Table, cancellationToken))
        {
            if (Exchanges.OfVendor(vendorCode) is { } exchange)
            {
                var days = DaysOf(session.Connection, snapshot.Table, vendorCode, day, cancellationToken);
                calendars.Add(new VendorCalendar(exchange, days));
            }
        }

        return calendars;
    }

    private static List<(string VendorCode, string Day)> ListsOf(
        DuckDbConnection connection,
        TableId table,
        CancellationToken cancellationToken
    )
    {
        using var result = connection.Query(Lists(table), cancellationToken);
        return [.. result.Rows().Select(row => ((string)row[0]!, (string)row[1]!))];
    }

    private static List<VendorDay> DaysOf(
        DuckDbConnection connection,
        TableId table,
        string vendorCode,
        string list,
        CancellationToken cancellationToken
    )
    {
        var days = new List<VendorDay>();
        using var result = connection.Query(Days(table), cancellationToken, list, vendorCode);
        while (result.NextChunk() is { } chunk)
        {
            var numbers = chunk[0].Values<int>(chunk.Count);
            var open = chunk[1].Values<int>(chunk.Count);
            for (var row = 0; row < numbers.Length; row++)
            {
                var day = DateOnly.FromDayNumber(numbers[row]);
                if (days.Count == 0 || days[^1].Day != day)
                {
                    days.Add(new VendorDay(day, open[row] < 0 ? null : open[row] == 1));
                }
            }
        }

        return days;
    }

    /// <summary>
    /// The exchange, its first day, and a sign for each day from then on; a dot where there is no row.
    /// </summary>
    private static IReadOnlyList<string> Row(VendorCalendar calendar)
    {
        var days = calendar.Days;
        if (days.Count == 0)
        {
            return [calendar.Exchange];
        }

        var signs = new char[days[^1].Day.DayNumber - days[0].Day.DayNumber + 1];
        Array.Fill(signs, '.');
        foreach (var (day, isOpen) in days)
        {
            signs[day.DayNumber - days[0].Day.DayNumber] = isOpen switch
            {
                null => '?',
                true => '1',
                false => '0',
            };
        }

        return [calendar.Exchange, days[0].Day.ToIso(), new string(signs)];
    }

    private static VendorCalendar Calendar(IReadOnlyList<string> row)
    {
        var days = new List<VendorDay>();
        if (row.Count > 1)
        {
            var first = DateOnly.ParseExact(row[1], "yyyy-MM-dd", CultureInfo.InvariantCulture);
            for (var i = 0; i < row[2].Length; i++)
            {
                if (row[2][i] != '.')
                {
                    days.Add(new VendorDay(first.AddDays(i), row[2][i] == '?' ? null : row[2][i] == '1'));
                }
            }
        }

        return new VendorCalendar(row[0], days);
    }

    private sealed record Source(TableId Table, string Question, string Where);
}
