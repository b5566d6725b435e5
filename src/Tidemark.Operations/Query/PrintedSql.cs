using System.Globalization;
using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;

namespace Tidemark.Operations.Query;

/// <summary>
/// The SQL that has the engine itself write each value: it knows its types best, those that .NET has no words for
/// (dates beyond the year 9999, intervals, bits, unions, variants, geometries) and moments in a time zone included.
/// </summary>
internal static class PrintedSql
{
    // A text that all rows share is kept once by the engine, and 2,048 times, beside its memory limit, in a chunk that
    // is handed out. Put together with something that the engine cannot know to be the same in all rows, the copies are
    // made within the limit, and fail there when they are too many.
    private const string Unequal = "left(random()::VARCHAR, 0)";
    private static readonly HashSet<LogicalKind> s_long =
    [
        LogicalKind.Varchar,
        LogicalKind.Blob,
        LogicalKind.Bit,
        LogicalKind.BigNum,
        LogicalKind.Variant,
        LogicalKind.Geometry,
        LogicalKind.Union,
        LogicalKind.List,
        LogicalKind.Array,
        LogicalKind.Map,
        LogicalKind.Struct,
    ];

    // What Parquet would keep as another value: as doubles, without an offset, or not at all.
    private static readonly HashSet<LogicalKind> s_notInParquet =
    [
        LogicalKind.HugeInt,
        LogicalKind.UHugeInt,
        LogicalKind.BigNum,
        LogicalKind.TimeTz,
        LogicalKind.TimeNanoseconds,
        LogicalKind.Union,
        LogicalKind.Bit,
        LogicalKind.Interval,
        LogicalKind.Enum,
        LogicalKind.Geometry,
        LogicalKind.Variant,
        LogicalKind.SqlNull,
        LogicalKind.Any,
        LogicalKind.Struct, // without names
    ];

    /// <summary>The rows with every value as text (<see cref="QueryForm"/>).</summary>
    public static string Texts(JudgedQuery query, IReadOnlyList<ResultColumn> columns, QueryForm form, long? maxRows) =>
        Wrapped(query, columns.Select((c, i) => Text(i, c.Type, form)), maxRows);

    /// <summary>The rows as Parquet can hold them without a change: what it cannot is text.</summary>
    public static string ForParquet(JudgedQuery query, IReadOnlyList<ResultColumn> columns, long? maxRows)
    {
        var names = UniqueNames.Of(columns.Select(c => c.Name));
        return Wrapped(
            query,
            columns.Select((c, i) => $"{Cast(i, c.Type, Storable(c.Type))} AS {DuckDbSql.Identifier(names[i])}"),
            maxRows
        );
    }

    private static string Text(int column, ColumnType type, QueryForm form)
    {
        if (form == QueryForm.Nested && type.IsNested)
        {
            return Cast(column, type, Leaves(type));
        }

        var text = Cast(column, type, ColumnType.Varchar);
        return form == QueryForm.Preview
                ? string.Create(CultureInfo.InvariantCulture, $"left({text}, {QueryOperation.PreviewLength + 1})")
            : s_long.Contains(type.Kind) ? $"{text} || {Unequal}"
            : text;
    }

    // By position, as two columns may have the same name.
    private static string Wrapped(JudgedQuery query, IEnumerable<string> columns, long? maxRows)
    {
        var limit = maxRows is { } rows ? string.Create(CultureInfo.InvariantCulture, $"\nLIMIT {rows}") : "";
        return $"SELECT {string.Join(", ", columns)} FROM (\n{query.Sql}\n){limit}";
    }

    private static string Cast(int column, ColumnType from, ColumnType to)
    {
        var position = string.Create(CultureInfo.InvariantCulture, $"#{column + 1}");
        return to.SqlName == from.SqlName && !IsInexact(from) ? position : $"CAST({position} AS {to.SqlName})";
    }

    // Texts of a kind of their own (JSON) cost nothing to cast; their name is not kept in the type.
    private static bool IsInexact(ColumnType type) => type.Kind == LogicalKind.Varchar;

    private static ColumnType Leaves(ColumnType type) =>
        type.Kind == LogicalKind.Map ? type.WithChildren([ColumnType.Varchar, Leaves(type.Children[1])])
        : type.IsNested ? type.WithChildren([.. type.Children.Select(Leaves)])
        : ColumnType.Varchar;

    private static ColumnType Storable(ColumnType type) =>
        type.IsNested ? type.WithChildren([.. type.Children.Select(Storable)])
        : s_notInParquet.Contains(type.Kind) ? ColumnType.Varchar
        : type;
}
