using System.Collections.Concurrent;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>Something that a verification found.</summary>
/// <param name="Path">The object, relative to the lake.</param>
/// <param name="What">What is wrong with it.</param>
/// <param name="Advice">What to do.</param>
public sealed record VerifyFinding(string Path, string What, string Advice);

/// <summary>What a verification found in one table.</summary>
/// <param name="Table"><c>layer.table</c>.</param>
/// <param name="Version">The version that was checked; −1 when the log is damaged.</param>
/// <param name="Files">Live files.</param>
/// <param name="Bytes">Their size by the log.</param>
/// <param name="Rows">Their rows by the log.</param>
/// <param name="Faults">What must be mended.</param>
/// <param name="Notes">
/// What is merely left over and harms no reader: files that no version names, markers out of step.
/// </param>
public sealed record TableVerification(
    string Table,
    long Version,
    int Files,
    long Bytes,
    long Rows,
    IReadOnlyList<VerifyFinding> Faults,
    IReadOnlyList<VerifyFinding> Notes
)
{
    public bool Ok => Faults.Count == 0;
}

/// <summary>How far a verification is.</summary>
public readonly record struct VerifyProgress(string Table, int FilesDone, int Files);

/// <summary>
/// Compares a table's objects with its log: every live file is there, with the size, hash and row count that the log
/// says; the log is whole; no key occurs twice. Reads only.
/// </summary>
/// <param name="lake">The lake.</param>
/// <param name="canBringAgain">Whether a table's unit can be fetched or built once more; null where all can.</param>
public sealed class LakeVerifier(DataLake lake, Func<TableId, string, bool>? canBringAgain = null)
{
    private const int Parallelism = 4;
    private const string LostLog = "Do as it says; the data files are untouched.";

    // Listed once and not for each table, because it walks the whole lake.
    private IReadOnlyList<StoredObject>? _interrupted;

    /// <summary>
    /// The named tables, or all, including tables whose log is damaged: a verification has to report that.
    /// </summary>
    /// <exception cref="TidemarkException">A named table has no log at all.</exception>
    public async Task<IReadOnlyList<LakeTable>> TablesAsync(
        IReadOnlyCollection<string> names,
        CancellationToken cancellationToken
    )
    {
        if (names.Count == 0)
        {
            var survey = await lake.SurveyAsync(cancellationToken);
            var ids = survey.Tables.Select(t => t.Table).Concat(survey.LeftOut.Select(l => l.Table).OfType<TableId>());
            return [.. ids.Order().Select(lake.Table)];
        }

        var tables = new List<LakeTable>();
        foreach (var id in await lake.NamedAsync(names, cancellationToken))
        {
            try
            {
                tables.Add(await lake.FindAsync(id, cancellationToken));
            }
            catch (TidemarkException e) when (LakeSurvey.IsOfTheTable(e))
            {
                tables.Add(lake.Table(id));
            }
        }

        return tables;
    }

    /// <param name="table">The table.</param>
    /// <param name="quick">Whether to check only that the files are there and have the right size.</param>
    /// <param name="progress">Told about every file.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="TidemarkException">
    /// A folder of the table cannot be read, so the table cannot be checked.
    /// </exception>
    public async Task<TableVerification> VerifyAsync(
        LakeTable table,
        bool quick,
        IProgress<VerifyProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        var faults = new ConcurrentBag<VerifyFinding>();
        var damaged = new ConcurrentBag<DamagedFile>();
        var oldest = -1L;
        var snapshot = TableSnapshot.Empty(table.Id);
        var named = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            snapshot = await table.SnapshotAsync(cancellationToken);
            var replay = await table.Log.ReplayAsync(cancellationToken);
            oldest = replay.Oldest.Version;
            named.UnionWith(replay.Oldest.Files.Values.Select(f => TableListing.PathOf(table.Id, f)));
            await foreach (var (_, lines) in replay.Entries)
            {
                named.UnionWith(
                    lines.Select(l => l.Add).OfType<AddAction>().Select(f => TableListing.PathOf(table.Id, f))
                );
                named.UnionWith(
                    lines.Select(l => l.Remove).OfType<RemoveAction>().Select(r => DeltaPath.Decoded(r.Path))
                );
            }
        }
        catch (TidemarkException e)
            when (e.Kind is ErrorKind.Storage or ErrorKind.Schema && !StorageErrors.IsOfTheDisk(e))
        {
            var finding = new VerifyFinding(table.Id.Prefix + DeltaLog.Folder, $"{e.Code}: {e.Message}", LostLog);
            return new TableVerification(table.Id.ToString(), -1, 0, 0, 0, [finding], []);
        }

        var listing = await TableListing.ReadAsync(table, cancellationToken);
        _interrupted ??= await InterruptedWrites.OlderThanAsync(lake, DateTimeOffset.MaxValue, cancellationToken);
        using var copies = lake.Store.IsRemote && !quick ? new VerifiedCopies(lake, table) : null;
        var done = 0;
        await Parallel.ForEachAsync(
            snapshot.Files.Values,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (file, token) =>
            {
                foreach (var fault in await FaultsAsync(table, listing, file, quick, copies, token))
                {
                    faults.Add(fault);
                    damaged.Add(new DamagedFile(table.Id, file, IsGone: false, fault.What));
                }

                progress?.Report(
                    new VerifyProgress(table.Id.ToString(), Interlocked.Increment(ref done), snapshot.Files.Count)
                );
            }
        );
        if (!quick)
        {
            var keys = new KeyFaults(lake, table, listing, oldest, canBringAgain);
            foreach (var fault in await keys.FindAsync(snapshot.Without([.. damaged]), cancellationToken))
            {
                faults.Add(fault);
            }
        }

        if (snapshot.IsOurs)
        {
            var linked = faults.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
            foreach (var link in TableLinks.In(table.Store, table.Id).Where(link => !linked.Contains(link)))
            {
                faults.Add(new VerifyFinding(link, InnerLink.What, TableLinks.AdviceOf(link)));
            }
        }

        // No reader needs a marker, and a repair makes it again from the log; only a link is for the user to decide.
        IReadOnlyList<MarkerFault> markers =
            !quick && snapshot.IsOurs
                ? await MarkerCheck.FindAsync(table, snapshot, listing, reads: true, cancellationToken)
                : [];
        foreach (var marker in markers.Where(m => m.IsLink))
        {
            faults.Add(marker.In(table.Id));
        }

        return new TableVerification(
            table.Id.ToString(),
            snapshot.Version,
            snapshot.Files.Count,
            snapshot.Bytes,
            snapshot.RowCount,
            [
                .. faults
                    .DistinctBy(f => (f.Path, f.What))
                    .OrderBy(f => f.Path, StringComparer.Ordinal)
                    .ThenBy(f => f.What, StringComparer.Ordinal),
            ],
            snapshot.IsOurs
                ?
                [
                    .. markers.Where(m => !m.IsLink).Select(m => m.In(table.Id)),
                    .. Notes(table, listing, named, _interrupted),
                ]
                : []
        );
    }

    private static List<VerifyFinding> Notes(
        LakeTable table,
        TableListing listing,
        HashSet<string> named,
        IReadOnlyList<StoredObject> interrupted
    )
    {
        var notes = listing
            .DataFiles.Where(f => !named.Contains(f.Key[table.Id.Prefix.Length..]))
            .Select(f => new VerifyFinding(
                f.Key,
                "no version names it: a commit is in progress, or one was killed",
                "`tidemark vacuum` removes it when it is old enough."
            ));
        var temporaries = interrupted
            .Where(t => t.Key.StartsWith(table.Id.Prefix, StringComparison.Ordinal))
            .Select(t => new VerifyFinding(
                t.Key,
                "a write that is in progress, or was killed",
                "`tidemark doctor --repair` removes it when it is an hour old."
            ));
        return [.. notes.Concat(temporaries)];
    }

    private async Task<IReadOnlyList<VerifyFinding>> FaultsAsync(
        LakeTable table,
        TableListing listing,
        AddAction file,
        bool quick,
        VerifiedCopies? copies,
        CancellationToken cancellationToken
    )
    {
        var key = DataFiles.KeyOf(table.Id, file);
        if (await FileCheck.ListedAsync(table.Store, table.Id, listing, file, cancellationToken) is { } damaged)
        {
            return [new VerifyFinding(damaged.Link ?? key, damaged.What, damaged.Advice)];
        }

        var whats = quick ? [] : await ContentFaultsAsync(table, key, file, copies, cancellationToken);
        return [.. whats.Select(what => new VerifyFinding(key, what, Remedy.Of(table.Id, file)))];
    }

    private async Task<IReadOnlyList<string>> ContentFaultsAsync(
        LakeTable table,
        string key,
        AddAction file,
        VerifiedCopies? copies,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return copies is null
                ? await FileCheck.ContentFaultsAsync(
                    lake.Engine,
                    table.Store.ReadablePath(key),
                    file,
                    cancellationToken
                )
                : await copies.UseAsync(
                    key,
                    copy => FileCheck.ContentFaultsAsync(lake.Engine, copy, file, cancellationToken),
                    cancellationToken
                );
        }
        catch (TidemarkException e) when (e.Kind is ErrorKind.Storage && e.Code != "DISK_FULL")
        {
            return [$"{e.Code}: {e.Message}"];
        }
        catch (Exception e) when (copies is null && e is IOException or UnauthorizedAccessException)
        {
            return [$"it cannot be read: {e.Message}"];
        }
    }
}
