using Tidemark.Completeness.Evaluation;
using Tidemark.Control.Findings;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Definitions.Checks;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Symbols;

/// <summary>
/// Remembers codes that changed between two lists of one day: a list that is fetched again replaces the day's earlier
/// one, which may be the only list with the earlier code. The replaced lists are read from the table's log, as long as
/// their files are there.
/// </summary>
public sealed class CodeMemory(DataLake lake, CheckRegistry checks)
{
    /// <summary>No more than this many versions of the list's table are read back.</summary>
    private const int VersionsMax = 20;

    /// <summary>
    /// Stores the changes that are not stored yet; returns what could not be read or stored.
    /// </summary>
    public async Task<IReadOnlyList<Finding>> RememberAsync(string runId, CancellationToken cancellationToken)
    {
        var failed = new List<Finding>();
        var lists = checks
            .All.Select(c => c.Entities)
            .OfType<EntitySource>()
            .Where(e => e.Name is not null)
            .DistinctBy(e => e.Dataset.Id);
        foreach (var source in lists)
        {
            try
            {
                await RememberAsync(source, runId, cancellationToken);
            }
            catch (CommitConflictException)
            {
                // Another process has stored the same changes.
            }
            catch (Exception e) when (e is TidemarkException or DuckDbException)
            {
                // The next run tries again, until the replaced lists are vacuumed.
                var why = e is DuckDbException engine ? engine.EngineMessage : e.Message;
                failed.Add(
                    new Finding(
                        source.Dataset.Id,
                        $"What its lists of the day say of changed codes could not be kept: {why}"
                    )
                );
            }
        }

        return failed;
    }

    private async Task RememberAsync(EntitySource source, string runId, CancellationToken cancellationToken)
    {
        var table = lake.Table(TableDefinition.Of(source.Dataset).Id);
        var now = await table.SnapshotAsync(cancellationToken);
        var day = now
            .Units.Select(u => UnitId.TryParse(u, out var id) && id.Dataset == source.Dataset.Id ? id.Day : default)
            .DefaultIfEmpty()
            .Max();
        var lists = await ListsOfAsync(table, now, new UnitId(source.Dataset.Id, day), cancellationToken);
        if (lists.Count < 2)
        {
            return;
        }

        var memory = TableDefinition.Of(CodeChangeTable.Dataset);
        var kept = await lake.Table(memory.Id).SnapshotAsync(cancellationToken);
        using var session = await lake.OpenSessionAtAsync(kept.Exists ? [now, kept] : [now], cancellationToken);
        var listed = ListedCodes.Read(session.Connection, source, now, kept, cancellationToken);
        var known = listed.Changes.Select(c => c.Earlier).ToHashSet(StringComparer.Ordinal);
        var isNew = listed.Codes.Where(c => c.FirstSeen >= day).Select(c => c.Symbol).ToHashSet(StringComparer.Ordinal);
        var isHere = listed.Codes.Where(c => c.LastSeen >= day).Select(c => c.Symbol).ToHashSet(StringComparer.Ordinal);
        var found = new Dictionary<string, (CodeChange Change, ListedCode Code)>(StringComparer.Ordinal);
        for (var i = 1; i < lists.Count; i++)
        {
            var pair = await PairAsync(source, lists[i - 1], lists[i], day, cancellationToken);
            foreach (var change in CodeChanges.Find(pair.Values, [day.AddDays(-1), day]))
            {
                if (!known.Contains(change.Earlier) && !isHere.Contains(change.Earlier))
                {
                    found[change.Earlier] = (change, pair[change.Earlier]);
                }
            }
        }

        // A code that lists of other days have is not new: it came back.
        var told = found
            .Values.Where(f => isNew.Contains(f.Change.Later) || found.ContainsKey(f.Change.Later))
            .ToArray();
        if (told.Length > 0)
        {
            await WriteAsync(source, memory, kept, day, told, runId, cancellationToken);
        }
    }

    /// <summary>The day's lists, oldest first.</summary>
    private static async Task<List<TableSnapshot>> ListsOfAsync(
        LakeTable table,
        TableSnapshot now,
        UnitId unit,
        CancellationToken cancellationToken
    )
    {
        var lists = new List<TableSnapshot>();
        var last = "";
        for (var version = now.Version; version >= 0 && version > now.Version - VersionsMax; version--)
        {
            TableSnapshot snapshot;
            try
            {
                snapshot = version == now.Version ? now : await table.SnapshotAtAsync(version, cancellationToken);
            }
            catch (TidemarkException)
            {
                break; // cleaned up
            }

            if (!snapshot.HasUnit(unit.ToString()))
            {
                break;
            }

            var files = string.Join('\n', snapshot.FilesOf(unit.ToString()).Select(f => f.Path));
            if (files != last)
            {
                lists.Insert(0, snapshot);
                last = files;
            }
        }

        return lists;
    }

    /// <summary>The codes of two lists, as if the first list were of the day before.</summary>
    private async Task<Dictionary<string, ListedCode>> PairAsync(
        EntitySource source,
        TableSnapshot first,
        TableSnapshot second,
        DateOnly day,
        CancellationToken cancellationToken
    )
    {
        var codes = new Dictionary<string, ListedCode>(StringComparer.Ordinal);
        foreach (var (list, on) in new[] { (first, day.AddDays(-1)), (second, day) })
        {
            using var session = await lake.OpenSessionAtAsync([list], cancellationToken);
            var (symbol, name) = (DuckDbSql.Identifier(source.Symbol), DuckDbSql.Identifier(source.Name!));
            var listed = source.Listed is null ? "NULL::DATE" : DuckDbSql.Identifier(source.Listed);
            using var result = session.Connection.Query(
                $"""
                SELECT {symbol}, max({name}), max({listed}) FROM {DuckDbSql.Identifier(
                    list.Table.Layer,
                    list.Table.Name
                )}
                WHERE dt = {DuckDbSql.Literal(day)} AND {symbol} IS NOT NULL GROUP BY {symbol}
                """,
                cancellationToken
            );
            foreach (var row in result.Rows())
            {
                var code = (string)row[0]!;
                codes[code] = codes.TryGetValue(code, out var before)
                    ? before with
                    {
                        LastName = (string?)row[1],
                        LastSeen = on,
                    }
                    : new ListedCode(code, (string?)row[1], (string?)row[1], (DateOnly?)row[2], on, on);
            }
        }

        return codes;
    }

    private async Task WriteAsync(
        EntitySource source,
        TableDefinition memory,
        TableSnapshot kept,
        DateOnly day,
        IReadOnlyList<(CodeChange Change, ListedCode Code)> told,
        string runId,
        CancellationToken cancellationToken
    )
    {
        using var session = await lake.OpenSessionAtAsync(kept.Exists ? [kept] : [], cancellationToken);
        var rows = told.Select(t =>
            $"({DuckDbSql.Literal(source.Dataset.Id)}, {DuckDbSql.Literal(t.Change.Earlier)}, {DuckDbSql.Literal(t.Change.Later)}, "
            + $"{(t.Code.LastName is { } name ? DuckDbSql.Literal(name) : "NULL")}, {(t.Code.Listed is { } listed ? DuckDbSql.Literal(listed) : "NULL")}::DATE)"
        );
        var select = $"SELECT * FROM (VALUES {string.Join(", ", rows)}) AS told(list, earlier, later, name, list_date)";
        if (kept.Exists)
        {
            // The changes found in the day's earlier lists stay.
            var columns = string.Join(", ", memory.Columns.Select(c => DuckDbSql.Identifier(c.Name)));
            select += $"""
                 UNION ALL SELECT {columns} FROM {DuckDbSql.Identifier(memory.Id.Layer, memory.Id.Name)} AS before
                WHERE dt = {DuckDbSql.Literal(day)} AND NOT (list = {DuckDbSql.Literal(source.Dataset.Id)}
                    AND earlier IN ({string.Join(", ", told.Select(t => DuckDbSql.Literal(t.Change.Earlier)))}))
                """;
        }

        using var staging = lake.Stage(memory, runId, kept);
        staging.AppendQuery(
            session,
            new UnitId(CodeChangeTable.Dataset.Id, day).ToString(),
            day,
            select,
            cancellationToken
        );
        await lake.CommitAsync(staging, new CommitRequest("CODES"), cancellationToken);
    }
}
