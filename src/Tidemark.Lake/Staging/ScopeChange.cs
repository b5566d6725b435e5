using Tidemark.DuckDb;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>
/// The rows of other units that give way to a commit, because its units decide over them (<see cref="RowScope"/>).
/// </summary>
/// <param name="table">The table.</param>
/// <param name="staged">The commit.</param>
/// <param name="units">The units that get other rows with it.</param>
internal sealed class ScopeChange(LakeTable table, StagedCommit staged, IReadOnlySet<string> units)
{
    private readonly RowScope[] _scopes = [.. staged.Scopes.Where(s => units.Contains(s.Key)).Select(s => s.Value)];

    // Which rows of a live file give way, by the file's path. Computed once, because data files never change.
    private readonly Dictionary<string, long[]> _given = new(StringComparer.Ordinal);

    /// <summary>
    /// The same replacement, with the files whose rows give way; null while a file is not compared yet.
    /// </summary>
    public UnitReplacement? With(TableSnapshot newest, UnitReplacement replacement)
    {
        var remainders = replacement.Remainders.ToDictionary(r => r.File.Path, StringComparer.Ordinal);
        var files = replacement.Files.ToList();
        var givenWay = 0L;
        foreach (var (candidate, scopes) in Candidates(newest, replacement))
        {
            var path = candidate.File.Path;
            if (!_given.TryGetValue(path, out var rows))
            {
                return null;
            }

            if (rows.Length == 0)
            {
                continue;
            }

            givenWay += rows.Length;
            if (!remainders.Remove(path))
            {
                files.Add(candidate.File);
            }

            if (Reduced(candidate, scopes, rows) is { Kept.Count: > 0 } left)
            {
                remainders[path] = left;
            }
        }

        return new UnitReplacement(files, [.. remainders.Values]) { RowsGivenWay = givenWay };
    }

    /// <summary>Compares the files of a version that were not compared yet.</summary>
    public async Task LookAsync(
        TableSnapshot snapshot,
        UnitReplacement replacement,
        CancellationToken cancellationToken
    )
    {
        var missing = Candidates(snapshot, replacement).Where(c => !_given.ContainsKey(c.Left.File.Path)).ToArray();
        if (missing.Length == 0)
        {
            return;
        }

        var damaged = await FileCheck.ReadAsync(
            table.Store,
            table.Id,
            missing.Select(c => c.Left.File),
            cancellationToken
        );
        foreach (var file in damaged)
        {
            if (file.Refusal is { } refusal)
            {
                throw file.ToException(refusal);
            }

            _given[file.File.Path] = []; // what cannot be read counts as missing, and is told of as that
        }

        var sound = missing.Where(c => !_given.ContainsKey(c.Left.File.Path)).ToArray();
        using var held = await table.Store.MakeReadableAsync(
            [.. sound.Select(c => DataFiles.ObjectOf(table.Id, c.Left.File))],
            cancellationToken
        );
        using var connection = table.Engine.Connect();
        foreach (var (candidate, scopes) in sound)
        {
            _given[candidate.File.Path] = Given(connection, candidate, scopes, cancellationToken);
        }
    }

    /// <summary>Files that keep rows of other units over which the commit decides, with the deciding scopes.</summary>
    private IEnumerable<(Remainder Left, IReadOnlyList<RowScope> Scopes)> Candidates(
        TableSnapshot snapshot,
        UnitReplacement replacement
    )
    {
        var leaving = replacement.Files.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        var staying = replacement.Remainders.ToDictionary(r => r.File.Path, StringComparer.Ordinal);
        var found =
            from scope in _scopes
            from slice in scope.OthersIn(snapshot)
            where !staged.Kept.Contains(new UnitPlace(scope.Unit.ToString(), TablePartition.Of(slice.File)))
            group scope by slice.File.Path into scopes
            select (File: snapshot.Files[DeltaPath.Decoded(scopes.Key)], Scopes: scopes.Distinct().ToArray());
        foreach (var (file, scopes) in found)
        {
            var candidate =
                staying.TryGetValue(file.Path, out var remainder) ? remainder
                : leaving.Contains(file.Path) ? null
                : new Remainder(file, UnitSlice.Of(file), []);
            if (candidate is not null && candidate.Kept.Any(s => scopes.Any(scope => scope.IsOver(s.Unit))))
            {
                yield return (candidate, scopes);
            }
        }
    }

    private long[] Given(
        DuckDbConnection connection,
        Remainder candidate,
        IReadOnlyList<RowScope> scopes,
        CancellationToken cancellationToken
    )
    {
        var path = DuckDbPath.Literal(table.Store.ReadablePath(DataFiles.KeyOf(table.Id, candidate.File)));
        var conditions = scopes.Select(s => $"({s.Condition(staged.Definition.Partitioning)})");
        using var result = connection.Query(
            $"""
            SELECT file_row_number FROM read_parquet({path}, hive_partitioning = false, file_row_number = true)
            WHERE {string.Join(" OR ", conditions)} ORDER BY 1
            """,
            cancellationToken
        );
        var own = candidate.Kept.Where(s => scopes.Any(scope => scope.IsOver(s.Unit))).ToArray();
        return [.. result.Rows().Select(r => (long)r[0]!).Where(row => own.Any(s => s.HasRow(row)))];
    }

    /// <summary>What is left of a file without the rows that give way.</summary>
    private static Remainder Reduced(Remainder candidate, IReadOnlyList<RowScope> scopes, long[] rows)
    {
        UnitSlice[] gone =
        [
            .. candidate.Kept.Where(s =>
                s.Rows > 0 && rows.LongCount(s.HasRow) == s.Rows && !scopes.Any(scope => scope.IsPartOf(s.Unit))
            ),
        ];
        return new Remainder(candidate.File, [.. candidate.Kept.Except(gone)], [.. candidate.Dropped, .. gone])
        {
            Given = [.. rows.Where(row => !gone.Any(s => s.HasRow(row)))],
        };
    }
}
