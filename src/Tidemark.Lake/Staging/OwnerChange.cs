using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>
/// One key, one owner: rows of other units of the same dataset give way to rows with the same key that a commit brings.
/// A dataset that is fetched by day and by symbol then has each row once: the last fetched.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="staged">The commit.</param>
/// <param name="adds">Its files; they are in the store.</param>
internal sealed class OwnerChange(LakeTable table, StagedCommit staged, IReadOnlyList<AddAction> adds)
{
    // The files of the commit, by folder: rows give way only in folders that get rows.
    private readonly ILookup<string, AddAction> _brought = adds.Where(f => DeltaStats.RowCount(f.Stats) is not 0)
        .ToLookup(FolderOf, StringComparer.Ordinal);

    // Which rows of a live file give way, by the file's path; null for most files. Computed once, because data files
    // never change.
    private readonly Dictionary<string, long[]> _given = new(StringComparer.Ordinal);

    /// <summary>
    /// The same replacement, with the files whose rows give way; null while a file is not compared yet.
    /// </summary>
    public UnitReplacement? With(TableSnapshot newest, UnitReplacement replacement)
    {
        var remainders = replacement.Remainders.ToDictionary(r => r.File.Path, StringComparer.Ordinal);
        var files = replacement.Files.ToList();
        foreach (var candidate in Candidates(newest, replacement))
        {
            if (!_given.TryGetValue(candidate.File.Path, out var rows))
            {
                return null;
            }

            if (rows.Length > 0)
            {
                if (!remainders.ContainsKey(candidate.File.Path))
                {
                    files.Add(candidate.File);
                }

                remainders[candidate.File.Path] = candidate with { Given = rows };
            }
        }

        return new UnitReplacement(files, [.. remainders.Values]);
    }

    /// <summary>Compares the files of a version that were not compared yet.</summary>
    public async Task LookAsync(
        TableSnapshot snapshot,
        UnitReplacement replacement,
        CancellationToken cancellationToken
    )
    {
        var missing = Candidates(snapshot, replacement).Where(c => !_given.ContainsKey(c.File.Path)).ToArray();
        var damaged = await FileCheck.ReadAsync(table.Store, table.Id, missing.Select(c => c.File), cancellationToken);
        foreach (var file in damaged)
        {
            if (file.Refusal is { } refusal)
            {
                throw file.ToException(refusal);
            }

            _given[file.File.Path] = []; // what cannot be read counts as missing, and is told of as that
        }

        using var connection = table.Engine.Connect();
        foreach (var candidate in missing.Where(c => !_given.ContainsKey(c.File.Path)))
        {
            _given[candidate.File.Path] = await GivenAsync(connection, candidate, cancellationToken);
        }
    }

    /// <summary>Files in the commit's folders that keep rows of other units of its datasets.</summary>
    private IEnumerable<Remainder> Candidates(TableSnapshot snapshot, UnitReplacement replacement)
    {
        var leaving = replacement.Files.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        var staying = replacement.Remainders.ToDictionary(r => r.File.Path, StringComparer.Ordinal);
        foreach (var file in snapshot.Files.Values.Where(f => _brought.Contains(FolderOf(f))))
        {
            var candidate =
                staying.TryGetValue(file.Path, out var remainder) ? remainder
                : leaving.Contains(file.Path) ? null
                : new Remainder(file, UnitSlice.Of(file), []);
            if (candidate is not null && candidate.Kept.Any(s => IsOfItsDatasets(s.Unit, FolderOf(file))))
            {
                yield return candidate;
            }
        }
    }

    private bool IsOfItsDatasets(string unit, string folder) =>
        _brought[folder].Any(f => DatasetOf(f.Unit!).SequenceEqual(DatasetOf(unit)));

    private async Task<long[]> GivenAsync(
        DuckDbConnection connection,
        Remainder candidate,
        CancellationToken cancellationToken
    )
    {
        var folder = FolderOf(candidate.File);
        using var held = await table.Store.MakeReadableAsync(
            [.. _brought[folder].Append(candidate.File).Select(f => DataFiles.ObjectOf(table.Id, f))],
            cancellationToken
        );
        var definition = staged.Definition;
        var columns = definition.Key.Where(k => definition.FileColumns.Any(c => c.Name == k));
        if (definition.Partitioning.IsByMonth)
        {
            columns = columns.Append(TableDefinition.DayColumn).Distinct(StringComparer.Ordinal);
        }

        var sameKey = columns
            .Select(DuckDbSql.Identifier)
            .Select(c => $"f.{c} IS NOT DISTINCT FROM b.{c}")
            .DefaultIfEmpty("true");
        using var result = connection.Query(
            $"""
            SELECT f.file_row_number FROM {Read([candidate.File])} f
            SEMI JOIN {Read(_brought[folder])} b ON {string.Join(" AND ", sameKey)} ORDER BY 1
            """,
            cancellationToken
        );
        var own = candidate.Kept.Where(s => IsOfItsDatasets(s.Unit, folder)).ToArray();
        return [.. result.Rows().Select(r => (long)r[0]!).Where(row => own.Any(s => s.HasRow(row)))];
    }

    private string Read(IEnumerable<AddAction> files) =>
        $"read_parquet({DuckDbPath.Literals([.. files.Select(f => table.Store.ReadablePath(DataFiles.KeyOf(table.Id, f)))])}, "
        + "hive_partitioning = false, file_row_number = true, union_by_name = true)";

    private static string FolderOf(AddAction file)
    {
        var path = DeltaPath.Decoded(file.Path);
        return path[..(path.LastIndexOf('/') + 1)];
    }

    private static ReadOnlySpan<char> DatasetOf(string unit) =>
        unit.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? unit.AsSpan(0, slash) : unit;
}
