using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>
/// The faults of a table in which a key occurs more than once, each with its remedy. No commit of ours does that;
/// another program that appends to the table may, and so may a dataset that gets another name.
/// </summary>
/// <param name="lake">The lake.</param>
/// <param name="table">The table.</param>
/// <param name="listing">The store's listing of the table.</param>
/// <param name="oldest">The oldest version that the log still has.</param>
/// <param name="canBringAgain">Whether a table's unit can be fetched or built once more; null where all can.</param>
internal sealed class KeyFaults(
    DataLake lake,
    LakeTable table,
    TableListing listing,
    long oldest,
    Func<TableId, string, bool>? canBringAgain
)
{
    private readonly KeyCheck _check = new(lake);

    /// <param name="snapshot">The version, without files that are known to be damaged.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<IReadOnlyList<VerifyFinding>> FindAsync(
        TableSnapshot snapshot,
        CancellationToken cancellationToken
    )
    {
        if (!KeyCheck.CanAsk(snapshot))
        {
            return [];
        }

        var faults = new List<VerifyFinding>();
        while (true)
        {
            try
            {
                return [.. faults, .. await FaultsAsync(snapshot, cancellationToken)];
            }
            catch (Exception e)
                when ((e is TidemarkException { Code: "CACHE_TOO_SMALL" } ? e.Message : ReadFault.MessageOf(e))
                        is { } message
                )
            {
                var file = snapshot.Files.Values.FirstOrDefault(f => ReadFault.IsAbout(message, f));
                var path = file is null ? table.Id.Prefix : DataFiles.KeyOf(table.Id, file);
                var advice = file is null ? "Do as it says, and verify again." : Remedy.Of(table.Id, file);
                faults.Add(new VerifyFinding(path, $"its keys cannot be read: {message}", advice));
                if (file is null)
                {
                    return faults;
                }

                snapshot = snapshot.Without([
                    .. snapshot.Lost,
                    new DamagedFile(table.Id, file, IsGone: false, "its keys cannot be read"),
                ]);
            }
        }
    }

    private async Task<IEnumerable<VerifyFinding>> FaultsAsync(
        TableSnapshot snapshot,
        CancellationToken cancellationToken
    )
    {
        var advices = new List<(DoubledKeys Keys, string? Advice)>();
        foreach (var doubled in await _check.FindAsync(snapshot, isAsked: null, cancellationToken))
        {
            advices.Add((doubled, await AgainAsync(snapshot, doubled, cancellationToken)));
        }

        var standing = advices.Where(a => a.Advice is null).Select(a => a.Keys.Partition).ToHashSet();
        var before = standing.Count == 0 ? "" : await BeforeAsync(snapshot, standing, cancellationToken);
        return advices.Select(a => new VerifyFinding(
            table.Id.Prefix + a.Keys.Partition.Folder,
            Words(a.Keys),
            a.Advice ?? before
        ));
    }

    private string Words(DoubledKeys doubled) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{table.Id}{(doubled.Day is { } day ? " on " + day.ToIso() : "")} has {doubled.Keys:N0} {(doubled.Keys == 1 ? "key" : "keys")} more than once: {doubled.Example} stands in {doubled.Rows:N0} rows"
        );

    /// <summary>
    /// The command that fetches or builds the unit again, if the commit of its rows also replaces the others: decided
    /// as a commit does, for the keys that the unit has. Null when keys would still occur twice.
    /// </summary>
    private async Task<string?> AgainAsync(
        TableSnapshot snapshot,
        DoubledKeys doubled,
        CancellationToken cancellationToken
    )
    {
        string[] units =
        [
            .. snapshot
                .Files.Values.Where(f => TablePartition.Of(f) == doubled.Partition)
                .SelectMany(UnitSlice.Of)
                .Select(s => s.Unit)
                .Distinct(StringComparer.Ordinal),
        ];
        if (units is not [var unit] || canBringAgain?.Invoke(table.Id, unit) == false)
        {
            return null;
        }

        AddAction[] own = [.. snapshot.FilesOf(unit).Where(f => TablePartition.Of(f) == doubled.Partition)];
        var staying = new List<AddAction>(own);
        foreach (var other in snapshot.OthersBeside(unit, doubled.Partition))
        {
            if (await _check.CountOtherKeysAsync(snapshot, other, own, cancellationToken) > 0)
            {
                staying.Add(other);
            }
        }

        return (await _check.FindAsync(snapshot, staying, cancellationToken)).Count == 0
            ? $"{Remedy.Of(table.Id, own[0])} Each key stands once then."
            : null;
    }

    /// <summary>
    /// The advice to restore the newest version in which the keys of these partitions occurred once. Found by
    /// bisection, because a key that occurs twice does so in all later versions.
    /// </summary>
    private async Task<string> BeforeAsync(
        TableSnapshot snapshot,
        IReadOnlySet<TablePartition> partitions,
        CancellationToken cancellationToken
    )
    {
        var (once, twice) = (Math.Max(0, oldest) - 1, snapshot.Version);
        TableSnapshot? last = null;
        while (twice - once > 1)
        {
            var middle = once + ((twice - once) / 2);
            var version = await VersionAsync(middle, snapshot.Partitioning, cancellationToken);
            if (version is not null && await IsDoubledAsync(version, partitions, cancellationToken))
            {
                twice = middle;
            }
            else
            {
                (once, last) = (middle, version);
            }
        }

        return last is not null && listing.CountMissing(last.Files.Values) == 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Each stood once in version {last.Version}: `tidemark restore {table.Id} --version {last.Version}` brings that version back, without what was committed after it; {Again()} then."
            )
            : $"In every version that can be restored some occur twice: delete the surplus rows with the program that wrote them (`tidemark history {table.Id}` says when).";
    }

    private string Again() =>
        table.Id.Layer == Remedy.SourceLayer
            ? "`tidemark run` fetches what is missing"
            : $"`tidemark build {table.Id}` makes what is missing";

    // A version that lost files or is none of ours cannot be restored, and says nothing about those after it.
    private async Task<TableSnapshot?> VersionAsync(
        long version,
        TablePartitioning? partitioning,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var snapshot = await table.SnapshotAtAsync(version, cancellationToken);
            return snapshot.IsOurs && KeyCheck.CanAsk(snapshot) && snapshot.Partitioning == partitioning
                ? snapshot
                : null;
        }
        catch (TidemarkException e) when (e.Kind is ErrorKind.Storage or ErrorKind.Schema or ErrorKind.BadRequest)
        {
            return null;
        }
    }

    private async Task<bool> IsDoubledAsync(
        TableSnapshot version,
        IReadOnlySet<TablePartition> partitions,
        CancellationToken cancellationToken
    )
    {
        var asked = version.Files.Values.Where(f => partitions.Contains(TablePartition.Of(f)));
        return listing.CountMissing(asked) == 0
            && (await _check.FindAsync(version, partitions.Contains, cancellationToken)).Count > 0;
    }
}
