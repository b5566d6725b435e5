using System.Globalization;

namespace Tidemark.Simulator.Tws;

/// <summary>The position of the request's id among the fields of each message.</summary>
internal static class RequestIds
{
    private static readonly HashSet<int> s_clientSecond =
    [
        20,
        22,
        78,
        79,
        81,
        83,
        84,
        86,
        87,
        88,
        89,
        90,
        92,
        93,
        94,
        95,
        96,
        97,
        98,
        100,
        101,
        102,
        103,
        104,
    ];

    private static readonly HashSet<int> s_clientThird =
    [
        1,
        2,
        7,
        9,
        10,
        11,
        21,
        23,
        25,
        50,
        51,
        52,
        53,
        54,
        55,
        56,
        57,
        62,
        63,
        67,
        68,
        69,
        70,
        74,
        75,
        76,
        77,
    ];

    private static readonly HashSet<int> s_gatewaySecond =
    [
        10,
        17,
        18,
        21,
        75,
        76,
        77,
        79,
        81,
        82,
        83,
        84,
        86,
        87,
        88,
        89,
        90,
        91,
        92,
        94,
        95,
        96,
        97,
        98,
        99,
        104,
        105,
        106,
        107,
    ];

    private static readonly HashSet<int> s_gatewayThird =
    [
        1,
        2,
        4,
        12,
        13,
        20,
        45,
        46,
        50,
        51,
        52,
        55,
        57,
        58,
        63,
        64,
        67,
        68,
        71,
        72,
        73,
        74,
    ];

    /// <summary>The requests without an id, by the messages that answer them.</summary>
    private static readonly Dictionary<int, int[]> s_askedBy = new()
    {
        [6] = [6],
        [8] = [6],
        [9] = [8],
        [15] = [17],
        [16] = [18],
        [19] = [24],
        [49] = [49],
        [53] = [5, 16],
        [54] = [6],
        [62] = [61],
        [78] = [80],
        [80] = [82],
        [85] = [85],
        [93] = [91],
        [102] = [99],
    };

    /// <summary>The number of a message; −1 when it has none.</summary>
    public static int Message(IReadOnlyList<string> fields) => Number(fields, 0);

    /// <summary>The position of the id in a client's message; 0 when it has none.</summary>
    public static int InRequest(int message) => Place(message, s_clientSecond, s_clientThird);

    /// <summary>The position of the id in a gateway's message; 0 when it has none.</summary>
    public static int InAnswer(int message) => Place(message, s_gatewaySecond, s_gatewayThird);

    /// <summary>The requests without an id that a message may answer.</summary>
    public static ReadOnlySpan<int> AskedBy(int message) => s_askedBy.GetValueOrDefault(message, []);

    /// <summary>A field as a number; −1 when it is no number.</summary>
    public static int Number(IReadOnlyList<string> fields, int place) =>
        place < fields.Count
        && int.TryParse(fields[place], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : GatewayMessages.NoRequest;

    private static int Place(int message, HashSet<int> second, HashSet<int> third) =>
        second.Contains(message) ? 1
        : third.Contains(message) ? 2
        : 0;
}
