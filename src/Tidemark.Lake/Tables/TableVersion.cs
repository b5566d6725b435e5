namespace Tidemark.Lake.Tables;

/// <summary>A line of a table's history.</summary>
/// <param name="Table"><c>layer.table</c>.</param>
/// <param name="Version">From 0 on.</param>
/// <param name="Timestamp">When it was committed; null where its writer did not say.</param>
/// <param name="Operation">What made it, for example <c>INGEST</c> or <c>RESTORE</c>.</param>
/// <param name="RunId">Who made it: a run of the control database, a build, or one call of a command.</param>
/// <param name="Rows">Rows that the table had then.</param>
/// <param name="Files">Its live files.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="Parameters">What the operation was asked to do, for example the version that it restored.</param>
/// <param name="Inputs">Table → version that the rows were derived from.</param>
/// <param name="ShrinkReason">Why it may hold less than the version before; null when no reason was needed.</param>
/// <param name="ChangesRows">
/// Whether its rows may differ from those of the version before: not after <c>COMPACT</c>, nor after <c>FENCE</c>
/// (which only keeps earlier holders of a pool from committing).
/// </param>
public sealed record TableVersion(
    string Table,
    long Version,
    DateTimeOffset? Timestamp,
    string? Operation,
    string? RunId,
    long Rows,
    int Files,
    long Bytes,
    IReadOnlyDictionary<string, string>? Parameters = null,
    IReadOnlyDictionary<string, long>? Inputs = null,
    string? ShrinkReason = null,
    bool ChangesRows = true
);
