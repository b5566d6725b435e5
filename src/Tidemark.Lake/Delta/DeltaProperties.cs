using System.Globalization;

namespace Tidemark.Lake.Delta;

/// <summary>Table properties (<c>metaData.configuration</c>) that the protocol gives a meaning.</summary>
internal static class DeltaProperties
{
    public const string AppendOnly = "delta.appendOnly";
    public const string ColumnMapping = "delta.columnMapping.mode";
    private const string LogRetention = "delta.logRetentionDuration";
    private const string DeletedFileRetention = "delta.deletedFileRetentionDuration";
    private const string LogCleanup = "delta.enableExpiredLogCleanup";

    // A century, which leaves room for reckoning back from now.
    private static readonly TimeSpan s_forEver = TimeSpan.FromDays(36_500);

    /// <summary>How long versions can be read: 30 days unless the table says otherwise.</summary>
    public static TimeSpan LogRetentionOf(MetadataAction? metadata) =>
        Interval(metadata, LogRetention) ?? TimeSpan.FromDays(30);

    /// <summary>How long a removed file is kept: 7 days unless the table says otherwise.</summary>
    public static TimeSpan DeletedFileRetentionOf(MetadataAction? metadata) =>
        Interval(metadata, DeletedFileRetention) ?? TimeSpan.FromDays(7);

    public static bool CleansLog(MetadataAction? metadata) => Flag(metadata, LogCleanup) ?? true;

    /// <summary>How the files' columns are found when not by their names; null when by their names.</summary>
    public static string? ColumnMappingOf(MetadataAction metadata) =>
        metadata.Configuration.TryGetValue(ColumnMapping, out var mode)
        && !string.IsNullOrEmpty(mode)
        && !mode.Equals("none", StringComparison.OrdinalIgnoreCase)
            ? mode
            : null;

    public static bool IsAppendOnly(MetadataAction? metadata) => Flag(metadata, AppendOnly) ?? false;

    private static bool? Flag(MetadataAction? metadata, string name) =>
        metadata is not null
        && metadata.Configuration.TryGetValue(name, out var text)
        && bool.TryParse(text, out var value)
            ? value
            : null;

    // As Spark writes them: "interval 30 days", "interval 1 day 12 hours"; the first word may be missing. A text that
    // cannot be read counts as for ever: its author wanted something other than our default.
    private static TimeSpan? Interval(MetadataAction? metadata, string name)
    {
        if (metadata is null || !metadata.Configuration.TryGetValue(name, out var text) || text is null)
        {
            return null;
        }

        var words = text.ToLowerInvariant()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] pairs = words is ["interval", .. var rest] ? rest : words;
        var total = TimeSpan.Zero;
        for (var i = 0; i < pairs.Length; i += 2)
        {
            if (
                i + 1 == pairs.Length
                || !int.TryParse(pairs[i], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || One(pairs[i + 1]) is not { } one
                || number > s_forEver / one // also more than a TimeSpan can hold
            )
            {
                return s_forEver;
            }

            total += number * one;
        }

        return pairs.Length == 0 || total > s_forEver ? s_forEver : total;
    }

    private static TimeSpan? One(string unit) =>
        unit.TrimEnd('s') switch
        {
            "week" => TimeSpan.FromDays(7),
            "day" => TimeSpan.FromDays(1),
            "hour" => TimeSpan.FromHours(1),
            "minute" => TimeSpan.FromMinutes(1),
            "second" => TimeSpan.FromSeconds(1),
            "millisecond" => TimeSpan.FromMilliseconds(1),
            "microsecond" => TimeSpan.FromMicroseconds(1),
            _ => null,
        };
}
