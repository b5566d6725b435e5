using System.Globalization;
using Tidemark.Core;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Tables;

/// <summary>One value of a row: a text, a day, an integer, a number with its decimals, or nothing.</summary>
internal readonly struct Cell
{
    private enum Kind : byte
    {
        Null,
        Text,
        Integer,
        Scaled,
        Double,
        Day,
    }

    /// <summary>The most decimals that are kept as an integer; more are kept as a double.</summary>
    private const int DecimalsMax = 4;

    private static readonly double[] s_powers = [1, 10, 100, 1000, 10_000];

    private readonly Kind _kind;
    private readonly byte _decimals;
    private readonly long _number;
    private readonly string? _text;

    private Cell(Kind kind, long number = 0, int decimals = 0, string? text = null)
    {
        _kind = kind;
        _number = number;
        _decimals = (byte)decimals;
        _text = text;
    }

    public static Cell Null => default;

    public static implicit operator Cell(string? text) => text is null ? default : new Cell(Kind.Text, text: text);

    public static implicit operator Cell(DateOnly day) => new(Kind.Day, day.DayNumber);

    public static implicit operator Cell(DateOnly? day) => day is { } value ? value : default(Cell);

    public static implicit operator Cell(long value) => new(Kind.Integer, value);

    /// <summary><paramref name="value"/> ÷ 10^<paramref name="decimals"/>.</summary>
    public static Cell Scaled(long value, int decimals) => new(Kind.Scaled, value, decimals);

    /// <summary>A number rounded to decimals, halves away from zero.</summary>
    public static Cell Num(double value, int decimals) =>
        decimals > DecimalsMax
            ? new Cell(Kind.Double, BitConverter.DoubleToInt64Bits(Math.Round(value, decimals)))
            : new Cell(
                Kind.Scaled,
                (long)Math.Round(value * s_powers[decimals], MidpointRounding.AwayFromZero),
                decimals
            );

    /// <summary>A number rounded to decimals; nothing where there is none.</summary>
    public static Cell Num(double? value, int decimals) => value is { } number ? Num(number, decimals) : default;

    public void Write(JsonRowWriter writer)
    {
        switch (_kind)
        {
            case Kind.Text:
                writer.Text(_text);
                break;
            case Kind.Integer:
                writer.Integer(_number);
                break;
            case Kind.Scaled:
                writer.Decimal(_number, _decimals);
                break;
            case Kind.Double:
                writer.Double(BitConverter.Int64BitsToDouble(_number));
                break;
            case Kind.Day:
                writer.Day(DateOnly.FromDayNumber((int)_number));
                break;
            default:
                writer.Null();
                break;
        }
    }

    /// <summary>The value as a number; null when it is none.</summary>
    public double? AsNumber() =>
        _kind switch
        {
            Kind.Integer => _number,
            Kind.Scaled => _number / s_powers[_decimals],
            Kind.Double => BitConverter.Int64BitsToDouble(_number),
            _ => null,
        };

    /// <summary>The value as a day; null when it is none.</summary>
    public DateOnly? AsDay() => _kind == Kind.Day ? DateOnly.FromDayNumber((int)_number) : null;

    /// <summary>The value as a parameter would say it; null when there is none.</summary>
    public string? AsParameter() =>
        _kind switch
        {
            Kind.Text => _text,
            Kind.Integer => _number.ToString(CultureInfo.InvariantCulture),
            Kind.Day => DateOnly.FromDayNumber((int)_number).ToCompact(),
            _ => null,
        };
}
