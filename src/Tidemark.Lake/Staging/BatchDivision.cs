using System.Text;
using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>
/// Divides the rows of a unit by their folders: by day or month, and by the columns that divide a day further.
/// </summary>
internal sealed class BatchDivision
{
    private readonly TableDefinition _definition;
    private readonly IReadOnlyList<TextColumn> _within;
    private readonly KeyIndex? _texts;
    private readonly ColumnBatch _rows;

    /// <exception cref="TidemarkException">
    /// <c>VALUE_MISSING</c>: a row lacks a value that is part of its folder's name.
    /// </exception>
    public BatchDivision(TableDefinition definition, string unit, ColumnBatch rows)
    {
        _definition = definition;
        _rows = rows;
        var names = definition.Partitioning.Within;
        _within = [.. names.Select(name => TextsOf(definition, unit, rows, name))];
        _texts = names.Count == 0 ? null : new KeyIndex(_within, rows.RowCount);
    }

    /// <summary>Divides rows that all belong to one day.</summary>
    public IReadOnlyList<BatchPart> By(DateOnly day)
    {
        var groups = new Groups();
        for (var row = 0; row < _rows.RowCount; row++)
        {
            groups.At(day, FirstWithTextsOf(row)).Add(row);
        }

        return Parts(groups);
    }

    /// <summary>Divides rows by the day in a column, which has no nulls.</summary>
    public IReadOnlyList<BatchPart> By(ValueColumn<int> dates)
    {
        var groups = new Groups();
        for (var row = 0; row < dates.Count; row++)
        {
            groups.At(dates.Values[row], FirstWithTextsOf(row)).Add(row);
        }

        return Parts(groups);
    }

    private static TextColumn TextsOf(TableDefinition definition, string unit, ColumnBatch rows, string name)
    {
        if (rows[name] is not TextColumn texts)
        {
            throw new ArgumentException($"{name} is no column of texts", nameof(name));
        }

        for (var row = 0; row < texts.Count; row++)
        {
            if (texts[row].IsEmpty)
            {
                throw new TidemarkException(
                    ErrorKind.Schema,
                    "VALUE_MISSING",
                    $"{definition.Id}: row {row + 1} of the unit {unit} has no {name}, by which the table is divided. Nothing of the unit was kept. "
                        + "Run again later; if it stays so, tell the vendor."
                );
            }
        }

        return texts;
    }

    // Represents a row's texts by the first row that has the same texts.
    private int FirstWithTextsOf(int row) =>
        _texts?.Add(row) switch
        {
            null => 0,
            -1 => row,
            { } first => first,
        };

    private List<BatchPart> Parts(Groups groups)
    {
        var parts = new List<BatchPart>();
        var places = groups
            .Days.GroupBy(g => (Partition: TablePartition.Of(_definition.Partitioning, g.Key.Day), g.Key.Texts))
            .Select(g => (Place: PlaceOf(g.Key.Partition, g.Key.Texts, g), Rows: g.Select(d => d.Value).ToArray()))
            .OrderBy(p => p.Place.Partition.First)
            .ThenBy(p => p.Place.FolderIn(_definition.Partitioning), StringComparer.Ordinal);
        foreach (var (place, rows) in places)
        {
            int[]? own = null;
            if (rows.Sum(r => r.Count) < _rows.RowCount)
            {
                own = [.. rows.SelectMany(r => r)];
                Array.Sort(own); // in the order in which they came
            }

            parts.Add(new BatchPart(place, own));
        }

        return parts;
    }

    private FilePlace PlaceOf(
        TablePartition partition,
        int texts,
        IEnumerable<KeyValuePair<(DateOnly Day, int Texts), List<int>>> days
    ) =>
        new(
            partition,
            [.. _within.Select(column => Encoding.UTF8.GetString(column[texts]))],
            [.. days.Select(d => d.Key.Day).Order()]
        );

    /// <summary>Row numbers by day and texts. Neighbouring rows are mostly in one group.</summary>
    private sealed class Groups
    {
        private readonly Dictionary<(DateOnly Day, int Texts), List<int>> _groups = [];
        private (int Day, int Texts) _last;
        private List<int>? _current;

        public IEnumerable<KeyValuePair<(DateOnly Day, int Texts), List<int>>> Days => _groups;

        public List<int> At(DateOnly day, int texts) => At(StagedBatch.NumberOf(day), texts);

        public List<int> At(int day, int texts)
        {
            if (_current is not null && _last == (day, texts))
            {
                return _current;
            }

            _last = (day, texts);
            var key = (StagedBatch.DayOf(day), texts);
            return _current = _groups.TryGetValue(key, out var rows) ? rows : _groups[key] = [];
        }
    }
}
