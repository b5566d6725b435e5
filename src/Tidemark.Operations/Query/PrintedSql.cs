using System.Globalization;
using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;

namespace Tidemark.Operations.Query;

/// <summary>
/// Writes SQL that makes the engine print each value itself: it knows its types best, including those that .NET cannot
/// express (dates beyond the year 9999, intervals, bits, unions, variants, geometries) and moments in a time zone.
/// </summary>
internal static class PrintedSql
{
    // The engine keeps a text that all rows share once, but hands it out 2,048 times in a chunk, outside its memory
    // limit. Joined with a value that may differ between rows, the copies are made within the limit, and fail there
    // when they are too many.
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

    // Parquet would keep these as another value: as doubles, without an offset, or not at all.
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

    /// <summary>The rows as Parquet can hold them unchanged; values that it cannot hold become text.</summary>
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

    // Columns are named by position, because two may have the same name.
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

    // Special kinds of text (JSON) cost nothing to cast; the type does not keep their name.
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
