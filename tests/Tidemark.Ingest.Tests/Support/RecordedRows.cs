using System.Globalization;
using System.Text;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Definitions;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Files;
using Tidemark.DuckDb;
using Tidemark.Ingest.Extraction;
using Tidemark.Testing;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Ingest.Tests.Support;

/// <summary>
/// Rows that others recorded, as answers would have brought them; a test is skipped on a machine without the recording.
/// </summary>
internal static class RecordedRows
{
    private static readonly DateOnly s_epoch = new(1970, 1, 1);

    /// <summary>The shipped datasets.</summary>
    public static DatasetRegistry Shipped { get; } =
        new DefinitionBundle(new DefinitionFolders(IngestRig.Definitions, Own: null), Switches.None).Datasets;

    /// <summary>A file or folder of the recordings, <c>replay-cn/tushare/daily.parquet</c>.</summary>
    public static string File(string path)
    {
        var file = SourceTree.Shared(path.Split('/'));
        Assert.SkipWhen(file is null, $"no recording {path} on this machine");
        return file!;
    }

    /// <summary>What the rows tell of themselves.</summary>
    public static UnitRemarks Remarks(string dataset, ColumnBatch rows) =>
        UnitRemarks.Of(Shipped.Get(dataset), new UnitId(dataset, new DateOnly(2026, 1, 5)), rows);

    /// <summary>A recorded answer of Tushare.</summary>
    public static ColumnBatch Answer(string api)
    {
        var rows = new ColumnBatch([
            .. Shipped
                .Get($"tushare.{api}")
                .Columns.Select(c => c with { Optional = c.Optional || c.Since is not null }),
        ]);
        var body = System.IO.File.ReadAllBytes(File($"tushare_raw_responses/responses/{api}.json"));
        new TushareVendor().Decode(api, body, rows);
        return rows;
    }

    /// <summary>The rows of a query, by the names of the columns; those that it does not have are absent.</summary>
    public static ColumnBatch Query(string dataset, string sql)
    {
        var rows = new ColumnBatch(Shipped.Get(dataset).Columns);
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        using var result = connection.Query(sql);
        string[] names = [.. result.Columns.Select(c => c.Name)];
        var places = rows.Definitions.Select(d => Array.IndexOf(names, d.Name)).ToArray();
        foreach (var row in result.Rows())
        {
            for (var i = 0; i < places.Length; i++)
            {
                Append(rows.Columns[i], places[i] < 0 ? null : row[places[i]]);
            }
        }

        return rows;
    }

    private static void Append(Column column, object? value)
    {
        switch (column)
        {
            case ValueColumn<double> doubles when value is not null:
                doubles.Append(Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
            case ValueColumn<long> longs when value is not null && column.Kind == ColumnKind.Long:
                longs.Append(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ValueColumn<int> days when value is DateOnly day:
                days.Append(day.DayNumber - s_epoch.DayNumber);
                break;
            case TextColumn texts when value is not null:
                texts.Append(Encoding.UTF8.GetBytes(Convert.ToString(value, CultureInfo.InvariantCulture)!));
                break;
            default:
                column.AppendNull();
                break;
        }
    }
}
