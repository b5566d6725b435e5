namespace Tidemark.Completeness.Evaluation;

/// <summary>One bit for every entity and open day: whether a dataset has a row; and all its rows counted by day.</summary>
internal sealed class PresenceBits
{
    private readonly ulong[] _bits;

    /// <param name="entities">How many entities.</param>
    /// <param name="days">How many open days.</param>
    /// <param name="isStarted">Whether any row of the dataset was ever committed.</param>
    public PresenceBits(int entities, int days, bool isStarted)
    {
        WordsPerEntity = (days + 63) >> 6;
        IsStarted = isStarted;
        _bits = new ulong[entities * WordsPerEntity];
        RowsByDay = new long[days];
    }

    public int WordsPerEntity { get; }

    public bool IsStarted { get; }

    /// <summary>Rows a day, those of unknown entities too.</summary>
    public long[] RowsByDay { get; }

    public void Set(int entity, int day) => _bits[(entity * WordsPerEntity) + (day >> 6)] |= 1UL << (day & 63);

    public bool IsSet(int entity, int day) =>
        (_bits[(entity * WordsPerEntity) + (day >> 6)] & (1UL << (day & 63))) != 0;

    /// <summary>The bits of some entities, in the order given; rows are counted for them alone.</summary>
    public PresenceBits Take(int[] entities, int days)
    {
        var taken = new PresenceBits(entities.Length, days, IsStarted);
        for (var i = 0; i < entities.Length; i++)
        {
            _bits
                .AsSpan(entities[i] * WordsPerEntity, WordsPerEntity)
                .CopyTo(taken._bits.AsSpan(i * WordsPerEntity, WordsPerEntity));
            for (var day = 0; day < days; day++)
            {
                taken.RowsByDay[day] += taken.IsSet(i, day) ? 1 : 0;
            }
        }

        return taken;
    }
}
