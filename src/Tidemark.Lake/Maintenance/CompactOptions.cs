namespace Tidemark.Lake.Maintenance;

/// <summary>When files are merged and into what.</summary>
public sealed record CompactOptions
{
    /// <summary>A file of at least this many bytes is large enough and stays as it is.</summary>
    public long EnoughBytes { get; init; } = 128L << 20;

    /// <summary>The most bytes of a merged file.</summary>
    public long MaxBytes { get; init; } = 256L << 20;

    /// <summary>
    /// A partition whose last day is this many days past is compressed with ZSTD; an unpartitioned table when it was
    /// written that long ago.
    /// </summary>
    public int ColdAfterDays { get; init; } = 14;

    /// <summary>After reading this many bytes, commits what is done.</summary>
    public long BatchBytes { get; init; } = 1L << 30;
}

/// <summary>What a compaction did to a table.</summary>
/// <param name="Table">Its name.</param>
/// <param name="Partitions">Partitions in which files were replaced.</param>
/// <param name="FilesBefore">Files that were replaced.</param>
/// <param name="FilesAfter">Files that took their place.</param>
/// <param name="BytesBefore">Bytes of the former.</param>
/// <param name="BytesAfter">Bytes of the latter.</param>
/// <param name="Version">The table's version afterwards; the standing one when there was nothing to do.</param>
public sealed record CompactedTable(
    string Table,
    int Partitions,
    int FilesBefore,
    int FilesAfter,
    long BytesBefore,
    long BytesAfter,
    long Version
)
{
    /// <summary>Files that would gain nothing: they stay, and the log notes that they were tried.</summary>
    public int FilesTried { get; init; }
}

/// <summary>How far a compaction has come.</summary>
public sealed record CompactProgress(string Table, int Files, int FilesTotal, long Bytes, long BytesTotal);
