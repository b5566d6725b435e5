using System.Globalization;

namespace Tidemark.Lake.Delta;

/// <summary>Table properties (<c>metaData.configuration</c>) that the protocol gives a meaning.</summary>
internal static class DeltaProperties
{
    public const string AppendOnly = "delta.appendOnly";
    private const string LogRetention = "delta.logRetentionDuration";
    private const string DeletedFileRetention = "delta.deletedFileRetentionDuration";
    private const string LogCleanup = "delta.enableExpiredLogCleanup";

    /// <summary>How long versions can be read: 30 days unless the table says otherwise.</summary>
    public static TimeSpan LogRetentionOf(MetadataAction? metadata) =>
        Interval(metadata, LogRetention) ?? TimeSpan.FromDays(30);

    /// <summary>How long a removed file is kept: 7 days unless the table says otherwise.</summary>
    public static TimeSpan DeletedFileRetentionOf(MetadataAction? metadata) =>
        Interval(metadata, DeletedFileRetention) ?? TimeSpan.FromDays(7);

    public static bool CleansLog(MetadataAction? metadata) => Flag(metadata, LogCleanup) ?? true;

    public static bool IsAppendOnly(MetadataAction? metadata) => Flag(metadata, AppendOnly) ?? false;

    private static bool? Flag(MetadataAction? metadata, string name) =>
        metadata is not null
        && metadata.Configuration.TryGetValue(name, out var text)
        && bool.TryParse(text, out var value)
            ? value
            : null;

    // As Spark writes them: "interval 30 days", "interval 1 week". What cannot be read counts as not said.
    private static TimeSpan? Interval(MetadataAction? metadata, string name)
    {
        if (metadata is null || !metadata.Configuration.TryGetValue(name, out var text) || text is null)
        {
            return null;
        }

        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (
            words is not ["interval" or "INTERVAL", var amount, var unit]
            || !int.TryParse(amount, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        )
        {
            return null;
        }

        TimeSpan? one = unit.ToLowerInvariant().TrimEnd('s') switch
        {
            "week" => TimeSpan.FromDays(7),
            "day" => TimeSpan.FromDays(1),
            "hour" => TimeSpan.FromHours(1),
            "minute" => TimeSpan.FromMinutes(1),
            "second" => TimeSpan.FromSeconds(1),
            "millisecond" => TimeSpan.FromMilliseconds(1),
            _ => null,
        };
        return one * number;
    }
}
