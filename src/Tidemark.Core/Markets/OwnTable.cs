using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;

namespace Tidemark.Core.Markets;

/// <summary>
/// A table that the lake keeps by itself. It is declared as datasets are, so that it is read, versioned and kept as
/// they are; no vendor is asked for it.
/// </summary>
internal static class OwnTable
{
    private const string Vendor = "tidemark";

    /// <param name="name">Without its layer's prefix: <c>code_change</c> is <c>ods.ods_code_change</c>.</param>
    /// <param name="title">What it is, in a few words.</param>
    /// <param name="bucket">Its bucket.</param>
    /// <param name="key">What identifies a row.</param>
    /// <param name="columns">Its columns.</param>
    public static DatasetDefinition Declare(
        string name,
        string title,
        Bucket bucket,
        IReadOnlyList<string> key,
        IReadOnlyList<ColumnDefinition> columns
    ) =>
        new()
        {
            Id = $"{Vendor}.{name}",
            Title = title,
            Vendor = Vendor,
            Api = name,
            Table = $"ods_{name}",
            Module = $"{Vendor}.{name}",
            Bucket = bucket,
            Grain = UnitGrain.Snapshot,
            Expected = ExpectedRows.Event,
            Calendar = Exchanges.Shanghai,
            AvailableAt = TimeOnly.MinValue,
            Grace = TimeSpan.Zero,
            Parameters = new Dictionary<string, string>(),
            FanOut = new Dictionary<string, IReadOnlyList<string>>(),
            RowCap = 1,
            EmptyIsOrdinary = true,
            Key = key,
            Columns = columns,
        };
}
