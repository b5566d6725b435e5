using System.Globalization;
using System.Text;
using Tidemark.Core;
using Tidemark.Core.Columns;

namespace Tidemark.Vendors.Tests.Tushare;

/// <summary>
/// A table made from a seed, and its answer written in one of the many ways that JSON and the vendor allow.
/// </summary>
internal sealed class RandomTable
{
    private static readonly ColumnKind[] s_kinds = Enum.GetValues<ColumnKind>();
    private static readonly string[] s_pieces =
    [
        "000001",
        ".SZ",
        "平安",
        "😀",
        "\"",
        "\\",
        "/",
        "\n",
        "\u0001",
        " ",
        "é",
        "]",
        "},",
        "--",
    ];
    private readonly Random _random;

    public RandomTable(int seed)
    {
        _random = new Random(seed);
        Columns =
        [
            .. Enumerable
                .Range(0, _random.Next(1, 9))
                .Select(i => new ColumnDefinition($"c{i}", s_kinds[_random.Next(s_kinds.Length)])),
        ];
        Rows = [.. Enumerable.Range(0, _random.Next(0, 90)).Select(_ => Columns.Select(c => Value(c.Kind)).ToArray())];
    }

    public IReadOnlyList<ColumnDefinition> Columns { get; }

    /// <summary>Null, string, double, long, DateOnly, bool, or DateTimeOffset (UTC).</summary>
    public IReadOnlyList<object?[]> Rows { get; }

    public byte[] Write()
    {
        // Columns shuffled, some unknown ones between them.
        var order = Shuffle([.. Enumerable.Range(0, Columns.Count).Concat(Enumerable.Repeat(-1, _random.Next(0, 3)))]);
        var fields = Array(order.Select((c, i) => Text(c < 0 ? $"unknown{i}" : Columns[c].Field)));
        var items = Array(Rows.Select(row => Array(order.Select(c => c < 0 ? Junk() : Json(row[c])))));
        var data = Object([
            ("fields", fields),
            ("items", items),
            ("has_more", "false"),
            ("count", "-1"),
            ("later", Junk()),
        ]);
        return Encoding.UTF8.GetBytes(
            Space()
                + Object([
                    ("request_id", Text("c35b")),
                    ("code", "0"),
                    ("msg", "\"\""),
                    ("detail", Junk()),
                    ("data", data),
                ])
                + Space()
        );
    }

    private object? Value(ColumnKind kind) =>
        _random.Next(6) == 0
            ? null
            : kind switch
            {
                ColumnKind.Text => string.Concat(
                    Enumerable.Range(0, _random.Next(0, 6)).Select(_ => s_pieces[_random.Next(s_pieces.Length)])
                ),
                ColumnKind.Double => _random.Next(3) switch
                {
                    0 => Math.Round(_random.NextDouble() * 1000, 2),
                    1 => (double)_random.Next(-5, 5),
                    _ => (_random.NextDouble() - 0.5) * Math.Pow(10, _random.Next(-300, 300)),
                },
                ColumnKind.Long => _random.Next(2) == 0
                    ? _random.NextInt64(long.MinValue, long.MaxValue)
                    : _random.Next(-9, 9),
                ColumnKind.Date => new DateOnly(1990, 1, 1).AddDays(_random.Next(0, 14_000)),
                ColumnKind.Boolean => _random.Next(2) == 0,
                _ => DateTimeOffset.UnixEpoch.AddSeconds(_random.Next()),
            };

    private string Json(object? value)
    {
        string raw;
        switch (value)
        {
            case null:
                return "null";
            case string text:
                return Text(text);
            case DateOnly day when _random.Next(3) > 0:
                return Text(day.ToCompact());
            case DateOnly day:
                return day.ToCompact();
            case DateTimeOffset moment:
                return Text(moment.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm:ss"));
            case bool flag:
                string[] spellings = flag ? ["1", "\"1\"", "true", "1.0"] : ["0", "\"0\"", "false"];
                return spellings[_random.Next(spellings.Length)];
            case long whole:
                raw = whole.ToString(CultureInfo.InvariantCulture) + (_random.Next(4) == 0 ? ".0" : "");
                break;
            default:
                raw = ((double)value).ToString("R", CultureInfo.InvariantCulture);
                break;
        }

        return _random.Next(4) == 0 ? $"\"{raw}\"" : raw;
    }

    private string Text(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var c in text)
        {
            var isPlain = c >= ' ' && c is not ('"' or '\\') && _random.Next(5) > 0 && !char.IsSurrogate(c);
            json.Append(
                isPlain ? c.ToString()
                : c is '"' or '\\' or '/' && _random.Next(2) == 0 ? $"\\{c}"
                : $"\\u{(int)c:x4}"
            );
        }

        return json.Append('"').ToString();
    }

    private string Junk() =>
        _random.Next(6) switch
        {
            0 => "null",
            1 => "-1.5e3",
            2 => Text("]}\",["),
            3 => "[[],{\"a\":[1,\"]\"]}]",
            4 => "{}",
            _ => "true",
        };

    private string Array(IEnumerable<string> values) =>
        $"[{Space()}{string.Join($"{Space()},{Space()}", values)}{Space()}]";

    private string Object((string Name, string Value)[] members) =>
        $"{{{Space()}{string.Join($"{Space()},", Shuffle(members).Select(m => $"{Space()}{Text(m.Name)}{Space()}:{Space()}{m.Value}"))}{Space()}}}";

    private string Space() =>
        _random.Next(3) == 0
            ? string.Concat(Enumerable.Range(0, _random.Next(1, 4)).Select(_ => " \n\r\t"[_random.Next(4)]))
            : "";

    private T[] Shuffle<T>(T[] values)
    {
        _random.Shuffle(values);
        return values;
    }
}
