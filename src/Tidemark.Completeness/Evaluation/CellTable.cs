namespace Tidemark.Completeness.Evaluation;

/// <summary>Cells as ranges, entity after entity, with the number of cells of each kind on each day.</summary>
/// <param name="Ranges">
/// The ranges of entity i are at <c>Offsets[i]</c> to before <c>Offsets[i + 1]</c>, in order of days, without a gap.
/// </param>
/// <param name="Counts">At <c>day × Cell.Codes + code</c>.</param>
internal sealed record CellTable(CellRange[] Ranges, int[] Offsets, int[] Counts)
{
    /// <summary>The cells of some entities, in the order given.</summary>
    public CellTable Take(int[] entities, int days)
    {
        var builder = new Builder(entities.Length, days);
        foreach (var entity in entities)
        {
            foreach (var range in Ranges.AsSpan(Offsets[entity], Offsets[entity + 1] - Offsets[entity]))
            {
                for (var day = range.First; day <= range.Last; day++)
                {
                    builder.Add(day, range.Cell.Code);
                }
            }

            builder.EndEntity();
        }

        return builder.ToTable();
    }

    /// <summary>Earlier cells with some days replaced; null when neither has a cell that is needed.</summary>
    public static CellTable? Spliced(
        DayAxis axis,
        IReadOnlyList<IReadOnlyList<CellRange>> earlier,
        DayAxis newerAxis,
        CellTable newer
    )
    {
        var positions = Array.ConvertAll(newerAxis.Days, day => axis.PositionOf(day.DayNumber));
        var builder = new Builder(earlier.Count, axis.Count);
        var codes = new int[axis.Count];
        for (var entity = 0; entity < earlier.Count; entity++)
        {
            Array.Fill(codes, -1);
            foreach (var range in earlier[entity])
            {
                codes.AsSpan(range.First, range.Days).Fill(range.Cell.Code);
            }

            foreach (
                var range in newer.Ranges.AsSpan(
                    newer.Offsets[entity],
                    newer.Offsets[entity + 1] - newer.Offsets[entity]
                )
            )
            {
                for (var day = range.First; day <= range.Last; day++)
                {
                    codes[positions[day]] = range.Cell.Code;
                }
            }

            for (var day = 0; day < codes.Length; day++)
            {
                if (codes[day] < 0)
                {
                    return null;
                }

                builder.Add(day, codes[day]);
            }

            builder.EndEntity();
        }

        return builder.ToTable();
    }

    /// <summary>Joins cells that come day after day into the longest ranges, and counts them.</summary>
    internal sealed class Builder(int entities, int days)
    {
        private readonly int[] _counts = new int[days * Cell.Codes];
        private readonly List<CellRange> _ranges = new(entities * 2);
        private readonly List<int> _offsets = new(entities + 1) { 0 };
        private int _start;
        private int _current = -1;
        private int _last;

        public void Add(int day, int code)
        {
            _counts[(day * Cell.Codes) + code]++;
            if (code != _current)
            {
                Close(day - 1);
                _start = day;
                _current = code;
            }

            _last = day;
        }

        public void EndEntity()
        {
            Close(_last);
            _current = -1;
            _offsets.Add(_ranges.Count);
        }

        public CellTable ToTable() => new(_ranges.ToArray(), _offsets.ToArray(), _counts);

        private void Close(int last)
        {
            if (_current >= 0)
            {
                _ranges.Add(new CellRange(_start, last, Cell.OfCode(_current)));
            }
        }
    }
}
