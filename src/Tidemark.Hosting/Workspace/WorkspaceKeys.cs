using Tidemark.Core.Runs;
using Tidemark.Definitions.Yaml;
using Tidemark.Hosting.Logging;
using Tidemark.Lake.Parquet;
using Tidemark.Vendors;

namespace Tidemark.Hosting.Workspace;

/// <summary>Every key of <c>tidemark.yaml</c>.</summary>
public static class WorkspaceKeys
{
    private const string Empty = "\"\"";
    private const string FolderPath = "path";
    private const string Amount = "amount like `20GB` or `512MB`";
    private const string Duration = "duration like `2m`, `7d`";
    private const string SecretText = "text, a secret";

    private static readonly KeyEntry[] s_head =
    [
        new(
            "timezone",
            "IANA time zone",
            "Asia/Shanghai",
            "In which `sql` prints moments and `retention` counts days; exchanges have their own"
        ),
        new("lake", "path, or `s3://bucket/prefix`", "./lake", "The data"),
        new(
            "control",
            "path, or `postgres://user:password@host:port/db`",
            "./control.db",
            "Runs, attempts, settings, the stored token: a SQLite file, or a database of PostgreSQL that several machines share ([how](../control.md)). Nothing else has what it knows"
        ),
        new(
            "catalog",
            FolderPath,
            "./catalog.duckdb",
            "A DuckDB file with views over the lake; made anew whenever it is lost"
        ),
        new(
            "definitions",
            FolderPath,
            "./definitions",
            "Your own definitions, laid over those shipped ([how](../formats/definitions.md)); only the default may be absent"
        ),
        new("off", "list of ids", KeyEntry.Nothing, "What you do without: modules, datasets, checks, tables"),
        new(
            "on",
            "list of words",
            KeyEntry.Nothing,
            "What you want of the datasets that stand by: ids, modules, tables, vendors, batches (`P0`, `P1`, `P2`), buckets (those of a batch)"
        ),
        new("plan.from", "day like `2022-06-01`", "the last 30 trading days", "The first day that is wanted"),
        new("plan.to", "day", KeyEntry.Nothing, "The last day that is wanted"),
        new(
            "pools.targets.symbols",
            "list of symbols",
            KeyEntry.Nothing,
            "What you watch; everything else is the universe"
        ),
        new("pools.targets.from_file", FolderPath, Empty, "A CSV file with more of them"),
        new(
            "pools.targets.tags",
            "list of tags",
            KeyEntry.Nothing,
            "Also whoever has one of these: `ind:sw:l1:银行`, `exchange:BSE`; `kind:stock & board:科创板` is who has both ([which there are](../targets.md))"
        ),
        new(
            "pools.targets.indexes",
            "list of indices",
            KeyEntry.Nothing,
            "Also the members of these: `000905.SH` as they are, `000905.SH@2024-06-28` as they were on that day"
        ),
        new(
            "pools.targets.watchlists",
            "names to lists of symbols",
            KeyEntry.Nothing,
            "Also these, under names of yours: `{ core: [600519.SH] }`"
        ),
        new("pools.targets.watchlist_files", "names to paths", KeyEntry.Nothing, "The same from CSV files"),
        new("pools.lease", "duration, 1s to 1h", "2m", "For how long a process that does not answer keeps its lane"),
        new(
            "schedule.china",
            "time like `\"19:30\"`, quoted",
            "19:30",
            "When the daily run of `tidemark serve` starts, in `timezone`; `tidemark schedule set` goes before it"
        ),
        new(
            "schedule.scope",
            KeyTable.OneOf(Pools.Names.Order(StringComparer.Ordinal)),
            "both",
            "The pools of the daily run"
        ),
    ];

    private static readonly KeyEntry[] s_tail =
    [
        new(
            "raw.enabled",
            KeyTable.OneOf(["true", "false"]),
            "true",
            "Whether payloads are kept as the vendor sent them"
        ),
        new("raw.keep", Duration, "30d", "For how long; `tidemark retention --apply` drops older ones"),
        new(
            "retention",
            "tables to whole days like `400d`",
            KeyEntry.Nothing,
            "How long a table keeps its days; one that is not named keeps them for ever"
        ),
        new("engine.threads", "whole number, 0 to 1024", "0", "Threads of DuckDB; 0 = all cores"),
        new(
            "engine.memory",
            "share like `70%`, or amount like `4GB`",
            "70%",
            "What it may take of this machine's memory"
        ),
        new(
            "engine.codec",
            KeyTable.WordsOf<ParquetCodec>(),
            "snappy",
            "Of new files: `zstd` is a third smaller and slower to write"
        ),
        new(
            "logging.level",
            KeyTable.OneOf(LoggingOptions.Levels.Keys),
            "none",
            "The least level that is logged ([the log](logging.md))"
        ),
        new("logging.format", KeyTable.WordsOf<LogFormat>(), "text", "Lines for people, or a JSON object a line"),
        new("logging.file", FolderPath, Empty, "A file; empty = standard error"),
        new("logging.file_size", Amount, "10MB", "A file that would grow beyond it is put aside"),
        new("logging.files", "whole number, 1 to 1000", "5", "How many files are kept, with the present one"),
        new("s3.endpoint", "address", Empty, "Empty = Amazon's own"),
        new("s3.region", "text", "us-east-1", "The region"),
        new("s3.access_key", SecretText, "${S3_ACCESS_KEY}", "Who asks"),
        new("s3.secret_key", SecretText, "${S3_SECRET_KEY}", "Its secret"),
        new(
            "s3.path_style",
            KeyTable.OneOf(["true", "false"]),
            "true",
            "Whether the bucket stands in the path of addresses"
        ),
        new("s3.cache", FolderPath, "./cache", "Local copies of files that never change"),
        new("s3.cache_size", Amount, "20GB", "The most that they take; what was used the longest time ago goes first"),
    ];

    /// <summary>Those of a program that knows these vendors.</summary>
    public static KeyTable Of(IReadOnlyList<IVendor> vendors) =>
        new([.. s_head, .. vendors.SelectMany(vendor => vendor.Keys.Select(key => Entry(vendor, key))), .. s_tail]);

    private static KeyEntry Entry(IVendor vendor, VendorKey key) =>
        new(
            $"{VendorSection.SectionName}.{vendor.Name}.{key.Name}",
            (key.IsSecret, key.IsList) switch
            {
                (true, true) => "list of texts, secrets",
                (true, false) => SecretText,
                _ => key.Kind,
            },
            key.IsList ? KeyEntry.Nothing
                : key.Entry is null ? key.Default
                : $"`{{ {key.Entry}: {key.Default} }}`",
            key.About
        );
}
