using Tidemark.DuckDb.Native;

namespace Tidemark.DuckDb;

/// <summary>A column's type, with what decimals, lists, maps and structs add to it.</summary>
public sealed record ColumnType(LogicalKind Kind)
{
    public static readonly ColumnType Varchar = new(LogicalKind.Varchar);
    public static readonly ColumnType Double = new(LogicalKind.Double);
    public static readonly ColumnType BigInt = new(LogicalKind.BigInt);
    public static readonly ColumnType Boolean = new(LogicalKind.Boolean);
    public static readonly ColumnType Date = new(LogicalKind.Date);
    public static readonly ColumnType Timestamp = new(LogicalKind.Timestamp);

    /// <summary>Decimal digits in all (decimals only).</summary>
    public byte Width { get; private init; }

    /// <summary>Decimal digits after the point (decimals only).</summary>
    public byte Scale { get; private init; }

    /// <summary>Element of a list; key and value of a map; members of a struct, named in <see cref="MemberNames"/>.</summary>
    public IReadOnlyList<ColumnType> Children { get; private init; } = [];

    public IReadOnlyList<string> MemberNames { get; private init; } = [];

    public static ColumnType Decimal(byte width, byte scale) =>
        new(LogicalKind.Decimal) { Width = width, Scale = scale };

    public static ColumnType List(ColumnType element) => new(LogicalKind.List) { Children = [element] };

    /// <summary>The name that SQL uses, for the types that Tidemark writes.</summary>
    public string SqlName =>
        Kind switch
        {
            LogicalKind.Decimal => $"DECIMAL({Width},{Scale})",
            LogicalKind.List => $"{Children[0].SqlName}[]",
            LogicalKind.TimestampTz => "TIMESTAMP WITH TIME ZONE",
            _ => Kind.ToString().ToUpperInvariant(),
        };

    internal static ColumnType FromNative(IntPtr pointer)
    {
        using var handle = new LogicalTypeHandle();
        handle.Adopt(pointer);
        var kind = NativeMethods.GetTypeId(handle);
        switch (kind)
        {
            case LogicalKind.Decimal:
                return Decimal(NativeMethods.DecimalWidth(handle), NativeMethods.DecimalScale(handle));
            case LogicalKind.List:
                return List(FromNative(NativeMethods.ListTypeChildType(handle)));
            case LogicalKind.Map:
                return new ColumnType(kind)
                {
                    Children =
                    [
                        FromNative(NativeMethods.MapTypeKeyType(handle)),
                        FromNative(NativeMethods.MapTypeValueType(handle)),
                    ],
                };
            case LogicalKind.Struct:
                var count = (int)NativeMethods.StructTypeChildCount(handle);
                var names = new string[count];
                var types = new ColumnType[count];
                for (var i = 0; i < count; i++)
                {
                    names[i] = NativeMethods.TakeText(NativeMethods.StructTypeChildName(handle, (ulong)i));
                    types[i] = FromNative(NativeMethods.StructTypeChildType(handle, (ulong)i));
                }

                return new ColumnType(kind) { Children = types, MemberNames = names };
            default:
                return new ColumnType(kind);
        }
    }

    internal LogicalTypeHandle ToNative()
    {
        var handle = new LogicalTypeHandle();
        switch (Kind)
        {
            case LogicalKind.Decimal:
                handle.Adopt(NativeMethods.CreateDecimalType(Width, Scale));
                break;
            case LogicalKind.List:
                using (var child = Children[0].ToNative())
                {
                    handle.Adopt(NativeMethods.CreateListType(child));
                }

                break;
            default:
                handle.Adopt(NativeMethods.CreateLogicalType(Kind));
                break;
        }

        return handle;
    }
}
