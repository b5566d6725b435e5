using System.Globalization;
using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Axes;

/// <summary>Says of a number of rows that it is too small.</summary>
internal static class FewRows
{
    /// <summary>In words; null where there are enough.</summary>
    /// <param name="rule">The dataset's; null where any number will do.</param>
    /// <param name="rows">The rows of a unit.</param>
    /// <param name="usual">The usual number; null or 0 where none is known.</param>
    public static string? Told(RowCountRule? rule, long rows, long? usual) =>
        rule is null ? null
        : rows < rule.Min ? Text($"{rows} rows came, and {rule.Min} are the least")
        : usual is > 0 && rule.Fall is { } fall && rows < usual * (1 - fall)
            ? Text($"{rows} rows came where {usual} are usual")
        : null;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
