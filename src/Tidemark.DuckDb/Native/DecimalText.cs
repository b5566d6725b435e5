namespace Tidemark.DuckDb.Native;

/// <summary>Between .NET's decimal and DuckDB's scaled integers.</summary>
internal static class DecimalText
{
    private const int MaxWidth = 38;

    internal static DuckDbDecimal ToNative(decimal value)
    {
        var bits = decimal.GetBits(value);
        var magnitude = new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        var signed = value < 0 ? -(Int128)magnitude : (Int128)magnitude;
        return new DuckDbDecimal
        {
            Width = MaxWidth,
            Scale = value.Scale,
            Lower = (ulong)signed,
            Upper = (long)(signed >> 64),
        };
    }

    /// <summary>The decimal with this unscaled value; throws OverflowException beyond 96 bits.</summary>
    internal static decimal FromUnscaled(Int128 unscaled, byte scale)
    {
        var magnitude = (UInt128)(unscaled < 0 ? -unscaled : unscaled);
        if (magnitude >> 96 != 0)
        {
            throw new OverflowException("The decimal has more than 96 significant bits");
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
