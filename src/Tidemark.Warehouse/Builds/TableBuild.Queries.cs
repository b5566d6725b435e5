using Tidemark.Core;
using Tidemark.DuckDb;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Builds;

/// <content>
/// The queries of a batch: one per partition or, in <c>mode: range</c>, one per run of consecutive days.
/// </content>
internal sealed partial class TableBuild
{
    /// <summary>Stages the results of a batch's queries; returns the partitions whose query failed.</summary>
    private List<FailedPartition> Run(
        InputState inputs,
        List<Partition> batch,
        LakeSession session,
        MadeBatch made,
        CancellationToken cancellationToken
    )
    {
        var bad = new List<FailedPartition>();
        var open = new Stack<(int Start, int Count)>(Spans(batch).Reverse());
        var done = 0;
        while (_failed.Count + bad.Count < limits.FailuresMax && open.TryPop(out var span))
        {
            var started = clock.GetTimestamp();
            var partitions = batch.GetRange(span.Start, span.Count);
            try
            {
                Append(inputs, partitions, session, made.Staging, cancellationToken);
                made.Add(partitions, clock.GetElapsedTime(started).TotalSeconds / span.Count);
            }
            catch (DuckDbException) when (span.Count > 1)
            {
                // Nothing was staged. Try halves: this finds the days that fail, and the others are built.
                var half = span.Count / 2;
                open.Push((span.Start + half, span.Count - half));
                open.Push((span.Start, half));
                continue;
            }
            catch (DuckDbException e)
            {
                bad.Add(SqlFailure(partitions[0].Day, e));
            }

            done += span.Count;
            Report(done, made.Staging.Rows);
        }

        return bad;
    }

    /// <summary>The partitions of a batch that are made by one query each.</summary>
    private IEnumerable<(int Start, int Count)> Spans(List<Partition> batch)
    {
        var start = 0;
        for (var i = 1; i <= batch.Count; i++)
        {
            // A range ends before a day that is up to date: that day is not built again.
            if (i == batch.Count || !table.IsByRange || batch[i].Position != batch[i - 1].Position + 1)
            {
                yield return (start, i - start);
                start = i;
            }
        }
    }

    private void Append(
        InputState inputs,
        List<Partition> span,
        LakeSession session,
        TableStaging staging,
        CancellationToken cancellationToken
    )
    {
        var (first, last) = (span[0], span[^1]);
        if (first.Day is { } from)
        {
            inputs.Narrow(session, from, last.Day!.Value);
        }

        if (!table.IsByRange)
        {
            staging.AppendQuery(
                session,
                first.Unit,
                first.Day,
                Select(first.Day),
                Tags(inputs, first),
                cancellationToken
            );
            return;
        }

        staging.AppendDays(
            session,
            [.. span.Select(p => new DayUnit(p.Unit, p.Day!.Value, Tags(inputs, p)))],
            table.Render(first.Day!.Value, last.Day!.Value),
            cancellationToken
        );
    }

    private static Dictionary<string, string> Tags(InputState inputs, Partition partition) =>
        new() { [InputsTag] = partition.Fingerprint, [MadeOfTag] = inputs.MadeOf(partition.Day) };

    /// <summary>The partition's query. When its result has <c>dt</c>, a row of another day stops it.</summary>
    private string Select(DateOnly? day)
    {
        var sql = table.Render(day);
        if (!table.SelectsDay)
        {
            return sql;
        }

        // In the projection, not in a filter: a filter could be evaluated on rows that the query's own filters drop.
        var columns = table.Definition.Columns.Select(c => DuckDbSql.Identifier(c.Name)).ToArray();
        var expected = DuckDbSql.Literal(day!.Value);
        columns[0] =
            $"CASE WHEN CAST(dt AS DATE) IS NOT DISTINCT FROM {expected} THEN {columns[0]} "
            + $"ELSE error('the column dt is ' || coalesce(CAST(dt AS VARCHAR), 'null') || ' in the partition {day.Value.ToIso()}') END AS {columns[0]}";
        return $"SELECT {string.Join(", ", columns)} FROM ({sql}\n)";
    }
}
