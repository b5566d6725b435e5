using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tidemark.Core.Errors;

namespace Tidemark.Lake.Delta;

/// <summary>How log entries are named and spelled.</summary>
internal static class DeltaLog
{
    public const string Folder = "_delta_log/";
    private const string Extension = ".json";
    private const string NoColumns = """{"type":"struct","fields":[]}""";

    // Chinese names are not escaped: the file is UTF-8 and is not HTML.
    private static readonly DeltaJsonContext s_json = new(
        new JsonSerializerOptions(DeltaJsonContext.Default.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }
    );

    private static readonly DeltaLine s_nothing = new();

    public static string EntryKey(string tablePrefix, long version) =>
        $"{tablePrefix}{Folder}{version.ToString("D20", CultureInfo.InvariantCulture)}{Extension}";

    public static byte[] Write(IReadOnlyCollection<DeltaLine> lines)
    {
        using var buffer = new MemoryStream();
        foreach (var line in lines)
        {
            var counted = line.CommitInfo is { } info
                ? line with
                {
                    CommitInfo = info with { TidemarkLines = lines.Count },
                }
                : line;
            JsonSerializer.Serialize(buffer, counted, s_json.DeltaLine);
            buffer.WriteByte((byte)'\n');
        }

        return buffer.ToArray();
    }

    /// <exception cref="TidemarkException">
    /// A line is no JSON or lacks what its action requires, or lines are missing; the message names the file, and the
    /// line where there is one.
    /// </exception>
    public static List<DeltaLine> Read(string key, ReadOnlySpan<byte> content)
    {
        var lines = new List<DeltaLine>();
        var number = 0;
        while (!content.IsEmpty)
        {
            number++;
            var end = content.IndexOf((byte)'\n');
            var text = end < 0 ? content : content[..end];
            content = end < 0 ? [] : content[(end + 1)..];
            if (text.Trim(" \r\t"u8).IsEmpty)
            {
                continue;
            }

            try
            {
                var line = JsonSerializer.Deserialize(text, s_json.DeltaLine);
                if (line is null || (line == s_nothing && !HasAction(text)))
                {
                    throw new JsonException("it has no action");
                }

                lines.Add(Checked(line));
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                // The JSON reader throws either, depending on where it fails.
                throw Damaged(string.Create(CultureInfo.InvariantCulture, $"{key}:{number}"), DamageText.Of(e), e);
            }
        }

        // An entry that was cut off must not read as a smaller commit, nor an empty one as a commit without changes.
        if (lines.Count == 0)
        {
            throw Damaged(key, "it is empty", null);
        }

        return
            lines.FirstOrDefault(l => l.CommitInfo is not null)?.CommitInfo?.TidemarkLines is { } written
            && written != lines.Count
            ? throw Damaged(
                key,
                string.Create(CultureInfo.InvariantCulture, $"it had {written} lines and has {lines.Count}"),
                null
            )
            : lines;
    }

    // Actions that only newer programs know are ignored, as the protocol demands. A line without any action is damaged.
    private static bool HasAction(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.Null)
            {
                return true;
            }
        }

        return false;
    }

    private static TidemarkException Damaged(string place, string what, Exception? inner) =>
        new(
            ErrorKind.Storage,
            "LOG_CORRUPT",
            $"{place}: the log entry is damaged ({what}). Restore this file from a backup; the data files are untouched.",
            inner
        );

    /// <summary>The line with defaults for what may be left out.</summary>
    /// <exception cref="JsonException">A required member is missing.</exception>
    public static DeltaLine Checked(DeltaLine line)
    {
        // The generated reader leaves absent members null whatever their annotation says.
        if (line.Add is { } add && (string.IsNullOrEmpty(add.Path) || add.PartitionValues is null))
        {
            throw new JsonException("an add action without path or partitionValues");
        }

        if (line.Remove is { } remove && string.IsNullOrEmpty(remove.Path))
        {
            throw new JsonException("a remove action without path");
        }

        if (line.Txn is { AppId: null })
        {
            throw new JsonException("a txn action without appId");
        }

        if (line.Protocol is { MinReaderVersion: < 1 } or { MinWriterVersion: < 1 })
        {
            throw new JsonException("a protocol action without versions");
        }

        if (line.MetaData is not { } meta)
        {
            return line;
        }

        return meta.PartitionColumns is null || meta.PartitionColumns.Contains(null!)
            ? throw new JsonException("a metaData action without partitionColumns")
            : line with
            {
                MetaData = meta with
                {
                    // Some writers write the first version of a table before they know its columns.
                    SchemaString = meta.SchemaString ?? NoColumns,
                    Configuration = meta.Configuration ?? new Dictionary<string, string>(),
                    Format = meta.Format ?? new FormatSpec("parquet", new Dictionary<string, string>()),
                },
            };
    }
}
