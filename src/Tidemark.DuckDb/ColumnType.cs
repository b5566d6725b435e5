using System.Globalization;
using DuckDB.NET.Native;

namespace Tidemark.DuckDb;

/// <summary>A column's type, with the details of decimals, lists, maps and structs.</summary>
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

    /// <summary>Values in each array (arrays only).</summary>
    public int Length { get; private init; }

    /// <summary>
    /// Element of a list or array; key and value of a map; members of a struct, named in <see cref="MemberNames"/>.
    /// </summary>
    public IReadOnlyList<ColumnType> Children { get; private init; } = [];

    public IReadOnlyList<string> MemberNames { get; private init; } = [];

    public static ColumnType Decimal(byte width, byte scale) =>
        new(LogicalKind.Decimal) { Width = width, Scale = scale };

    public static ColumnType List(ColumnType element) => new(LogicalKind.List) { Children = [element] };

    /// <summary>The name that SQL uses (except for enums and unions, whose members are not kept here).</summary>
    public string SqlName =>
        Kind switch
        {
            LogicalKind.Decimal => $"DECIMAL({Width},{Scale})",
            LogicalKind.List => $"{Children[0].SqlName}[]",
            LogicalKind.Array => string.Create(CultureInfo.InvariantCulture, $"{Children[0].SqlName}[{Length}]"),
            LogicalKind.Map => $"MAP({Children[0].SqlName}, {Children[1].SqlName})",
            LogicalKind.Struct =>
                $"STRUCT({string.Join(", ", MemberNames.Zip(Children, (n, t) => $"{DuckDbSql.Identifier(n)} {t.SqlName}"))})",
            LogicalKind.TimestampTz => "TIMESTAMP WITH TIME ZONE",
            LogicalKind.TimestampSeconds => "TIMESTAMP_S",
            LogicalKind.TimestampMilliseconds => "TIMESTAMP_MS",
            LogicalKind.TimestampNanoseconds => "TIMESTAMP_NS",
            LogicalKind.TimeTz => "TIME WITH TIME ZONE",
            _ => Kind.ToString().ToUpperInvariant(),
        };

    /// <summary>
    /// Whether it holds values of other types by position or name. A struct whose members have no names counts as one
    /// value, because SQL cannot name its type.
    /// </summary>
    public bool IsNested =>
        Kind is LogicalKind.List or LogicalKind.Array or LogicalKind.Map
        || (Kind == LogicalKind.Struct && MemberNames.All(n => n.Trim().Length > 0));

    /// <summary>The same list, array, map or struct over other types.</summary>
    public ColumnType WithChildren(IReadOnlyList<ColumnType> children) => this with { Children = children };

    /// <summary>Whether <see cref="Vector.Value"/> can return its values.</summary>
    public bool IsReadable =>
        Kind
            is not (
                LogicalKind.Enum
                or LogicalKind.Union
                or LogicalKind.Bit
                or LogicalKind.TimeTz
                or LogicalKind.Any
                or LogicalKind.BigNum
            )
        && Children.All(c => c.IsReadable);

    /// <summary>Bytes per value in a vector; 0 for a type without flat values.</summary>
    internal int ValueSize =>
        Kind switch
        {
            LogicalKind.Boolean or LogicalKind.TinyInt or LogicalKind.UTinyInt => 1,
            LogicalKind.SmallInt or LogicalKind.USmallInt => 2,
            LogicalKind.Integer or LogicalKind.UInteger or LogicalKind.Float or LogicalKind.Date => 4,
            LogicalKind.BigInt or LogicalKind.UBigInt or LogicalKind.Double => 8,
            LogicalKind.Time or LogicalKind.TimeTz or LogicalKind.Timestamp or LogicalKind.TimestampTz => 8,
            LogicalKind.TimestampSeconds or LogicalKind.TimestampMilliseconds or LogicalKind.TimestampNanoseconds => 8,
            LogicalKind.HugeInt or LogicalKind.UHugeInt or LogicalKind.Uuid or LogicalKind.Interval => 16,
            LogicalKind.Decimal => Width switch
            {
                <= 4 => 2,
                <= 9 => 4,
                <= 18 => 8,
                _ => 16,
            },
            _ => 0,
        };

    internal static ColumnType FromNative(DuckDBLogicalType native)
    {
        using var handle = native;
        var kind = (LogicalKind)NativeMethods.LogicalType.DuckDBGetTypeId(handle);
        switch (kind)
        {
            case LogicalKind.Decimal:
                return Decimal(
                    NativeMethods.LogicalType.DuckDBDecimalWidth(handle),
                    NativeMethods.LogicalType.DuckDBDecimalScale(handle)
                );
            case LogicalKind.List:
                return List(FromNative(NativeMethods.LogicalType.DuckDBListTypeChildType(handle)));
            case LogicalKind.Array:
                return new ColumnType(kind)
                {
                    Children = [FromNative(NativeMethods.LogicalType.DuckDBArrayTypeChildType(handle))],
                    Length = (int)NativeMethods.LogicalType.DuckDBArrayVectorGetSize(handle),
                };
            case LogicalKind.Map:
                return new ColumnType(kind)
                {
                    Children =
                    [
                        FromNative(NativeMethods.LogicalType.DuckDBMapTypeKeyType(handle)),
                        FromNative(NativeMethods.LogicalType.DuckDBMapTypeValueType(handle)),
                    ],
                };
            case LogicalKind.Struct:
                var count = (int)NativeMethods.LogicalType.DuckDBStructTypeChildCount(handle);
                var names = new string[count];
                var types = new ColumnType[count];
                for (var i = 0; i < count; i++)
                {
                    names[i] = NativeMethods.LogicalType.DuckDBStructTypeChildName(handle, i);
                    types[i] = FromNative(NativeMethods.LogicalType.DuckDBStructTypeChildType(handle, i));
                }

                return new ColumnType(kind) { Children = types, MemberNames = names };
            default:
                return new ColumnType(kind);
        }
    }

    internal DuckDBLogicalType ToNative()
    {
        switch (Kind)
        {
            case LogicalKind.Decimal:
                return NativeMethods.LogicalType.DuckDBCreateDecimalType(Width, Scale);
            case LogicalKind.List:
                using (var child = Children[0].ToNative())
                {
                    return NativeMethods.LogicalType.DuckDBCreateListType(child);
                }

            default:
                return NativeMethods.LogicalType.DuckDBCreateLogicalType((DuckDBType)Kind);
        }
    }
}
