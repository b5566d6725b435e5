using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Vendors;

namespace Tidemark.Operations.Definitions;

/// <summary>Compares what a dataset declares with an answer of its vendor. Pure.</summary>
internal static class AnswerComparison
{
    /// <summary>Of more rows an answer's sample tells nothing.</summary>
    private const int RowsMax = 2_000;

    /// <exception cref="VendorException">It is no answer.</exception>
    public static AnswerCheck Of(
        DatasetDefinition dataset,
        ISampleVendor vendor,
        string with,
        ReadOnlyMemory<byte> answer
    )
    {
        var sample = vendor.ReadSample(dataset.Api, answer);
        var sent = sample.Fields.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var declared = dataset.Columns.SelectMany(c => c.Fields).ToHashSet(StringComparer.OrdinalIgnoreCase);

        // Nothing says of which days a recorded answer is, so it may lack what it could lack for some.
        ColumnDefinition[] columns =
        [
            .. dataset
                .Columns.Where(c => !c.IsPart)
                .Select(c => c with { Optional = c.Optional || c.Since is not null }),
        ];
        return new AnswerCheck(
            with,
            sample.Rows.Count,
            [.. sample.Fields.Where(field => !declared.Contains(field))],
            [.. columns.Where(c => !c.Optional && !c.Fields.Any(sent.Contains)).Select(c => c.Field)],
            [.. columns.Select(c => Retyped(dataset, c, vendor, sample, answer)).OfType<RetypedColumn>()],
            Problem: null
        );
    }

    /// <summary>What a column cannot hold of an answer, or loses; null when nothing.</summary>
    private static RetypedColumn? Retyped(
        DatasetDefinition dataset,
        ColumnDefinition column,
        ISampleVendor vendor,
        AnswerSample sample,
        ReadOnlyMemory<byte> answer
    )
    {
        var batch = new ColumnBatch([column with { Optional = true }]);
        try
        {
            vendor.Decode(dataset.Api, answer, batch);
        }
        catch (VendorException e)
        {
            return new RetypedColumn(column.Name, ListDatasets.WordOf(column.Kind), e.Message);
        }

        var at = IndexOf(sample.Fields, column.Field);
        var lost = 0;
        for (var row = 0; at >= 0 && row < Math.Min(sample.Rows.Count, RowsMax); row++)
        {
            var value = sample.Rows[row][at];
            lost += batch.Columns[0].IsNull(row) && value.Kind != SampleKind.Null && !IsNothing(value) ? 1 : 0;
        }

        return lost == 0
            ? null
            : new RetypedColumn(column.Name, ListDatasets.WordOf(column.Kind), $"{lost} values would be lost");
    }

    // What the vendor writes for an absent value where it writes text.
    private static bool IsNothing(SampleValue value) => value.Text.Trim() is "" or "--" or "NaN" or "nan" or "None";

    private static int IndexOf(IReadOnlyList<string> fields, string name)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (string.Equals(fields[i], name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}
