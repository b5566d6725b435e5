using DuckDB.NET.Native;

namespace Tidemark.DuckDb;

/// <summary>Converts between .NET's decimal and DuckDB's scaled integers.</summary>
internal static class DecimalText
{
    private const int MaxWidth = 38;
    private const int MaxScale = 28;

    internal static DuckDBDecimal ToNative(decimal value)
    {
        var unscaled = Unscaled(value);
        return new DuckDBDecimal(MaxWidth, value.Scale, new DuckDBHugeInt((ulong)unscaled, (long)(unscaled >> 64)));
    }

    /// <summary>The value without its point: 1.50 gives 150.</summary>
    internal static Int128 Unscaled(decimal value)
    {
        var bits = decimal.GetBits(value);
        var magnitude = new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        return value < 0 ? -(Int128)magnitude : (Int128)magnitude;
    }

    /// <summary>The decimal with this unscaled value; throws OverflowException beyond 96 bits.</summary>
    internal static decimal FromUnscaled(Int128 unscaled, byte scale)
    {
        var magnitude = (UInt128)(unscaled < 0 ? -unscaled : unscaled);

        // DuckDB's decimals have more digits than .NET's; only zeros at the end can be dropped.
        while ((magnitude >> 96 != 0 || scale > MaxScale) && scale > 0 && magnitude % 10 == 0)
        {
            magnitude /= 10;
            scale--;
        }

        if (magnitude >> 96 != 0 || scale > MaxScale)
        {
            throw new OverflowException(
                "A decimal of more than 96 bits or 28 decimals; cast it in the query (for example to DOUBLE or VARCHAR)"
            );
        }

        return new decimal(
            (int)(uint)magnitude,
            (int)(uint)(magnitude >> 32),
            (int)(uint)(magnitude >> 64),
            isNegative: unscaled < 0,
            scale
        );
    }
}
