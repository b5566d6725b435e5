using System.Text.Unicode;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Checks;
using Tidemark.DuckDb;
using Tidemark.Lake.Tables;

namespace Tidemark.Completeness.Evaluation;

/// <summary>Reads lists of entities and presence from one session, each once. Not thread-safe.</summary>
internal sealed class PresenceReader(
    LakeSession session,
    IReadOnlyDictionary<string, TableSnapshot> snapshots,
    CancellationToken cancellationToken
) : IDisposable
{
    /// <summary>DuckDB holds a result in memory; this many days of a market of 6,000 take some 30 MB.</summary>
    private const int DaysPerQuery = 256;

    private const int SymbolLengthMax = 256;
    private readonly DuckDbConnection _connection = session.Connection;
    private readonly Dictionary<EntitySource, EntityList> _lists = [];
    private readonly Dictionary<(string, string?, string?, EntityList, DayAxis), PresenceBits> _presence = [];

    public void Dispose() => session.Dispose();

    /// <summary>
    /// Refuses a wrong condition also where its table has no rows to ask it of. It comes before everything else that is
    /// asked for the check: this is where what users wrote is judged, once, and the queries take it as it is.
    /// </summary>
    /// <exception cref="DuckDbException">A <c>where</c> is no condition over its dataset's columns.</exception>
    public void Try(CheckDefinition check) => CheckConditions.Try(_connection, check);

    /// <summary>The check's entities; a placeholder when their list was never committed or selects none.</summary>
    public EntityList Entities(CheckDefinition check)
    {
        if (check.Entities is not { } source)
        {
            return EntityList.Single(check.Entity!, isKnown: true);
        }

        if (!_lists.TryGetValue(source, out var list))
        {
            list = snapshots[source.Dataset.Id].Exists ? ReadList(source) : Nobody;
            _lists[source] = list;
        }

        return list.Count > 0 ? list : EntityList.Single($"{check.Bucket.Name()}:all", isKnown: false);
    }

    /// <summary>
    /// Which entities have rows in a dataset, by day. In a dataset without a symbol column any row counts for the only
    /// entity. <paramref name="where"/> is one that <see cref="Try"/> has let pass, or made by the program.
    /// </summary>
    public PresenceBits Presence(
        DatasetDefinition dataset,
        string? symbol,
        string? where,
        EntityList entities,
        DayAxis axis
    )
    {
        // Empty days alone do not start a dataset: a vendor without the data answers every day with nothing.
        var isStarted = snapshots[dataset.Id].HasRows;
        if (!isStarted || axis.Count == 0)
        {
            return new PresenceBits(entities.Count, axis.Count, isStarted);
        }

        var key = (dataset.Id, symbol, where, entities, axis);
        if (!_presence.TryGetValue(key, out var bits))
        {
            bits = new PresenceBits(entities.Count, axis.Count, isStarted);
            for (var start = 0; start < axis.Count; start += DaysPerQuery)
            {
                var end = Math.Min(axis.Count, start + DaysPerQuery) - 1;
                var days = OnDays(axis.Days.AsSpan()[start..(end + 1)]);
                Read(dataset, symbol, where, days, entities, axis.PositionOf, bits);
            }

            _presence[key] = bits;
        }

        return bits;
    }

    /// <summary>
    /// Which entities the lists name, by day. A list is filed under the exchange's date of its fetch; a list of a
    /// weekend or a holiday counts for the last open day before it.
    /// </summary>
    public PresenceBits Lists(
        DatasetDefinition dataset,
        string? symbol,
        string? where,
        EntityList entities,
        CheckAxis days
    )
    {
        var axis = days.Axis;
        var bits = new PresenceBits(entities.Count, axis.Count, snapshots[dataset.Id].HasRows);
        if (!bits.IsStarted || axis.Count == 0)
        {
            return bits;
        }

        var between = $"dt BETWEEN {DuckDbSql.Literal(axis.Days[0])} AND {DuckDbSql.Literal(days.Until)}";
        Read(dataset, symbol, where, between, entities, day => axis.LastOnOrBefore(DateOnly.FromDayNumber(day)), bits);
        return bits;
    }

    private static EntityList Nobody { get; } = new(new ListMembers([], new Dictionary<string, string>()));

    private static string TableOf(DatasetDefinition dataset)
    {
        var table = TableDefinition.Of(dataset).Id;
        return DuckDbSql.Identifier(table.Layer, table.Name);
    }

    private EntityList ReadList(EntitySource source)
    {
        var told = source.Changes is { } changes ? snapshots[changes.Id] : null;
        return new EntityList(
            ListMembers.Read(_connection, source, snapshots[source.Dataset.Id], told, cancellationToken)
        );
    }

    // Days far apart are named one by one, so that the files between them are not opened.
    private static string OnDays(ReadOnlySpan<DateOnly> days)
    {
        var span = days[^1].DayNumber - days[0].DayNumber + 1;
        if (span <= DaysPerQuery || span < days.Length * 2)
        {
            return $"dt BETWEEN {DuckDbSql.Literal(days[0])} AND {DuckDbSql.Literal(days[^1])}";
        }

        var names = new string[days.Length];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = DuckDbSql.Literal(days[i]);
        }

        return $"dt IN ({string.Join(", ", names)})";
    }

    private void Read(
        DatasetDefinition dataset,
        string? symbol,
        string? where,
        string days,
        EntityList entities,
        Func<int, int> positionOf,
        PresenceBits bits
    )
    {
        var column = symbol is null ? "''" : DuckDbSql.Identifier(symbol);
        var filter = where is null ? "" : $" AND ({where}\n)";
        using var result = _connection.Query(
            $"SELECT dt, {column} FROM {TableOf(dataset)} WHERE {days}{filter}",
            cancellationToken
        );
        var epoch = DuckDbTime.FromDays(0).DayNumber;
        var lookup = entities.Lookup;
        Span<char> buffer = stackalloc char[SymbolLengthMax];
        while (result.NextChunk() is { } chunk)
        {
            var dates = chunk[0].Values<int>(chunk.Count);
            for (var row = 0; row < dates.Length; row++)
            {
                var day = positionOf(dates[row] + epoch);
                if (day < 0)
                {
                    continue;
                }

                if (symbol is null)
                {
                    bits.Set(0, day);
                }
                else if (
                    !chunk[1].IsNull(row)
                    && Utf8.ToUtf16(chunk[1].Text(row), buffer, out _, out var length)
                        == System.Buffers.OperationStatus.Done
                    && lookup.TryGetValue(buffer[..length], out var entity)
                )
                {
                    bits.Set(entity, day);
                }
            }
        }
    }
}
