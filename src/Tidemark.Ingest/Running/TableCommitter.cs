using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Axes;
using Tidemark.Ingest.Extraction;
using Tidemark.Ingest.Planning;
using Tidemark.Lake;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Running;

/// <summary>A unit whose rows are checked and ready to commit.</summary>
/// <param name="Unit">The planned unit.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Seen">The table before the first request was sent: a writer that has changed the unit since then may
/// have newer rows.</param>
/// <param name="Remarks">What the rows tell of themselves.</param>
internal sealed record ReadyUnit(PlannedUnit Unit, NormalizedRows Rows, TableSnapshot Seen, UnitRemarks Remarks)
{
    /// <summary>What it was made from (<see cref="SourceFingerprint"/>); null where its vendor is not watched.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Bytes of its rows.</summary>
    public long Bytes { get; } = Rows.Rows.ByteCount;
}

/// <summary>A unit after an attempt to commit it.</summary>
internal sealed record CommittedUnit(PlannedUnit Unit, UnitCounts Counts, TidemarkException? Error);

/// <summary>
/// Collects ready units of one table and commits them together, once. Collecting touches no storage. Not thread-safe.
/// </summary>
internal sealed class TableCommitter(
    DataLake lake,
    LaneLock laneLock,
    DatasetDefinition dataset,
    string runId,
    TimeProvider clock
)
{
    private readonly TableDefinition _definition = TableDefinition.Of(dataset);
    private readonly UnitAxis _axis = UnitAxis.Of(dataset);
    private readonly List<PlannedUnit> _units = [];
    private readonly List<TableSnapshot> _seen = [];
    private readonly List<string?> _fingerprints = [];
    private readonly List<ColumnBatch> _batches = [];
    private readonly List<UnitRemarks> _remarks = [];
    private readonly long _since = clock.GetTimestamp();
    private long _rows;

    /// <summary>The dataset whose units are collected.</summary>
    public string Dataset => dataset.Id;

    /// <summary>The rows that were added; they may be reused once the commit is over.</summary>
    public IReadOnlyList<ColumnBatch> Batches => _batches;

    /// <summary>The table's version with the units; known once the commit is over.</summary>
    public long? Version { get; private set; }

    /// <summary>Bytes of the rows that were added.</summary>
    public long Bytes { get; private set; }

    public bool IsDue(PipelineOptions options) =>
        _units.Count >= options.CommitUnits
        || _rows >= options.CommitRows
        || Bytes >= options.CommitBytes
        || clock.GetElapsedTime(_since) >= options.CommitAge;

    public void Add(ReadyUnit ready)
    {
        _units.Add(ready.Unit);
        _seen.Add(ready.Seen);
        _fingerprints.Add(ready.Fingerprint);
        _batches.Add(ready.Rows.Rows);
        _remarks.Add(ready.Remarks);
        _rows += ready.Rows.Rows.RowCount;
        Bytes += ready.Bytes;
    }

    /// <summary>
    /// Commits what was added. Units that would lose rows without a reason, or that others have changed since they were
    /// asked for, are left out and reported; any other error concerns all units.
    /// </summary>
    /// <param name="shrinkReason">Why units may lose rows; null when they may not.</param>
    /// <param name="dropsLostLists">Whether the commit removes past lists that cannot be read.</param>
    public async Task<IReadOnlyList<CommittedUnit>> CommitAsync(string? shrinkReason, bool dropsLostLists)
    {
        // Not cancelable: finish a commit in flight, so that its units need not be fetched again.
        try
        {
            using var staging = lake.Stage(_definition, runId);
            for (var i = 0; i < _units.Count; i++)
            {
                var tags = SourceFingerprint.AddTo(TagsOf(_units[i], _remarks[i], _seen[i]), _fingerprints[i]);
                Append(staging, _units[i], _batches[i], _seen[i], tags);
            }

            // A newer list says what an older one said; of what is live each day has its own, which may be put back.
            var isReplaced = dataset is { Accumulates: false, Expected: not ExpectedRows.Live };
            if (dropsLostLists && _axis.IsPresentOnly && (isReplaced || shrinkReason is not null))
            {
                var standing = await lake.Table(_definition.Id).SnapshotAsync(CancellationToken.None);
                var lost = (await lake.SoundAsync(standing, CancellationToken.None)).Lost;
                staging.Drop([.. lost.Where(file => file.Refusal is null)]);
            }

            var overtaken = new Dictionary<string, CommitConflictException>(StringComparer.Ordinal);
            var counts = await CommitAsync(staging, overtaken, shrinkReason);
            return
            [
                .. _units.Select(u =>
                    overtaken.TryGetValue(u.Id.ToString(), out var conflict)
                        ? new CommittedUnit(u, UnitCounts.None, conflict)
                        : Result(u, counts[u.Id.ToString()], shrinkReason)
                ),
            ];
        }
        catch (CommitFencedException)
        {
            return [.. _units.Select(u => new CommittedUnit(u, UnitCounts.None, LaneLock.Lost()))];
        }
        catch (Exception e)
        {
            return [.. _units.Select(u => new CommittedUnit(u, UnitCounts.None, UnitFault.Of(u.Id, e)))];
        }
    }

    /// <summary>The only place that decides under which days a unit's rows are kept.</summary>
    private void Append(
        TableStaging staging,
        PlannedUnit unit,
        ColumnBatch rows,
        TableSnapshot seen,
        IReadOnlyDictionary<string, string>? tags
    ) =>
        staging.Append(
            unit.Id.ToString(),
            _axis.HomeOf(unit.Id),
            rows,
            seen,
            _axis.DayColumn,
            tags,
            _axis.ScopeOf(unit.Id)
        );

    /// <summary>The tags of a unit's files: receipt and remarks; null when there are none.</summary>
    private Dictionary<string, string>? TagsOf(PlannedUnit unit, UnitRemarks remarks, TableSnapshot seen)
    {
        var tags = new Dictionary<string, string>(remarks.ToTags(seen, unit.Id), StringComparer.Ordinal);
        if (_axis.KeepsReceipts)
        {
            foreach (var (name, value) in new UnitReceipt(unit.AskedAt, unit.Through).ToTags())
            {
                tags[name] = value;
            }
        }

        return tags.Count == 0 ? null : tags;
    }

    /// <summary>
    /// Commits all units but those that others have changed, which are added to <paramref name="overtaken"/>; returns
    /// what each unit changes.
    /// </summary>
    private async Task<IReadOnlyDictionary<string, UnitCounts>> CommitAsync(
        TableStaging staging,
        Dictionary<string, CommitConflictException> overtaken,
        string? shrinkReason
    )
    {
        IReadOnlyDictionary<string, UnitCounts> counts = new Dictionary<string, UnitCounts>();
        while (true)
        {
            try
            {
                var result = await lake.CommitAsync(
                    staging,
                    staged =>
                    {
                        counts = staged.Counts;
                        Note(staged.Overtaken, overtaken);
                        var shrinking = counts.Where(c => Loses(c.Value)).Select(c => c.Key).ToArray();
                        var left = overtaken.Keys.ToHashSet(StringComparer.Ordinal);
                        if (shrinkReason is null)
                        {
                            left.UnionWith(shrinking);
                        }

                        var request = new CommitRequest("INGEST", ShrinkReason: MaySay(shrinking.Length, shrinkReason));
                        return (staged.Except(left), laneLock.Guard(request));
                    },
                    CancellationToken.None
                );
                Version = result.Version;
                return counts;
            }
            catch (CommitConflictException e) when (Note(e.Units, overtaken))
            {
                // Another writer changed it between the staging and the commit: the others are committed without it.
            }
        }
    }

    /// <summary>
    /// Whether one of them is newly found; if none is, another attempt would end in the same way.
    /// </summary>
    private bool Note(IReadOnlyList<string> units, Dictionary<string, CommitConflictException> overtaken)
    {
        var known = overtaken.Count;
        foreach (var unit in units)
        {
            overtaken.TryAdd(unit, Overtaken(unit));
        }

        return overtaken.Count > known;
    }

    private CommitConflictException Overtaken(string unit) =>
        new(
            $"{unit}: another writer changed it in {_definition.Id} while it was fetched. The rows of that writer are kept. Run again.",
            [unit]
        );

    // A list is its own unit each day, so that no count shows that it is shorter than the one before: keep the reason.
    private string? MaySay(int shrinking, string? reason) => shrinking > 0 || _axis.IsPresentOnly ? reason : null;

    // The codes of a list may change, and its newest version is right. For a day, an answer with other rows proves as
    // little as one with fewer rows.
    private bool Loses(UnitCounts counts) => counts.Shrinks || (counts.TakesAway && !_axis.IsPresentOnly);

    private CommittedUnit Result(PlannedUnit unit, UnitCounts counts, string? shrinkReason) =>
        Loses(counts) && shrinkReason is null
            ? new CommittedUnit(
                unit,
                counts,
                new TidemarkException(
                    ErrorKind.Schema,
                    "COMMIT_SHRINKS",
                    $"{unit.Id}: the vendor now sends less: {counts.DescribeLoss()}. The rows in the lake are kept. If the smaller "
                        + $"answer is right: {RefetchAdvice.Of(unit.Id, dataset)} --allow-shrink REASON"
                )
            )
            : new CommittedUnit(unit, counts, null);
}
