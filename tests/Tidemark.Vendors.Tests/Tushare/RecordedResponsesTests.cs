using System.Text;
using System.Text.Json;
using Tidemark.Core.Columns;
using Tidemark.Vendors.Tests.Support;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Vendors.Tests.Tushare;

/// <summary>Real answers of dozens of apis; System.Text.Json is the judge of what they hold.</summary>
public sealed class RecordedResponsesTests
{
    [Fact]
    public void Decode_EveryRecordedAnswer_HoldsWhatAnotherParserReads()
    {
        var read = 0;
        foreach (
            var file in Directory.EnumerateFiles(Path.Combine(SharedData.Folder("tushare_raw_responses"), "responses"))
        )
        {
            var body = File.ReadAllBytes(file);
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.GetProperty("code").GetInt32() == 0)
            {
                Compare(Path.GetFileNameWithoutExtension(file), body, document.RootElement.GetProperty("data"));
                read++;
            }
        }

        read.ShouldBeGreaterThan(50);
    }

    /// <summary>Each column is declared as what all its values are; then every value must be the same.</summary>
    private static void Compare(string api, byte[] body, JsonElement data)
    {
        var items = data.GetProperty("items").EnumerateArray().Select(row => row.EnumerateArray().ToArray()).ToArray();
        var columns = data.GetProperty("fields")
            .EnumerateArray()
            .Select((field, i) => new ColumnDefinition(field.GetString()!, KindOf(items.Select(row => row[i]))))
            .ToArray();
        var batch = new ColumnBatch(columns);

        var page = new TushareDecoder().Decode(api, body, batch);

        page.Rows.ShouldBe(items.Length, api);
        for (var row = 0; row < items.Length; row++)
        {
            for (var column = 0; column < columns.Length; column++)
            {
                Same(batch.Columns[column], row, items[row][column])
                    .ShouldBeTrue($"{api}.{columns[column].Name}, row {row}");
            }
        }
    }

    private static ColumnKind KindOf(IEnumerable<JsonElement> values)
    {
        var present = values.Where(v => v.ValueKind != JsonValueKind.Null).ToArray();
        if (present.Length > 0 && present.All(v => v.ValueKind == JsonValueKind.Number))
        {
            return ColumnKind.Double;
        }

        var areDays =
            present.Length > 0
            && present.All(v =>
                v.ToString() is { Length: 8 } text && text.StartsWith("20") && text.All(char.IsAsciiDigit)
            );
        return areDays ? ColumnKind.Date : ColumnKind.Text;
    }

    private static bool Same(Column column, int row, JsonElement expected) =>
        column switch
        {
            _ when expected.ValueKind == JsonValueKind.Null => column.IsNull(row),
            ValueColumn<double> doubles => doubles.Values[row].Equals(expected.GetDouble()),
            ValueColumn<int> days => new DateOnly(1970, 1, 1).AddDays(days.Values[row]).ToString("yyyyMMdd")
                == expected.GetString(),
            TextColumn texts => Encoding.UTF8.GetString(texts[row]) == expected.ToString(),
            _ => false,
        };
}
