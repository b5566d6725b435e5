namespace Tidemark.Completeness.Evaluation;

/// <summary>One bit for every entity and open day: whether a dataset has a row.</summary>
internal sealed class PresenceBits
{
    private readonly ulong[] _bits;
    private readonly int _days;

    /// <param name="entities">How many entities.</param>
    /// <param name="days">How many open days.</param>
    /// <param name="isStarted">Whether any row of the dataset was ever committed.</param>
    public PresenceBits(int entities, int days, bool isStarted)
    {
        WordsPerEntity = (days + 63) >> 6;
        IsStarted = isStarted;
        _bits = new ulong[entities * WordsPerEntity];
        _days = days;
    }

    public int WordsPerEntity { get; }

    public bool IsStarted { get; }

    public void Set(int entity, int day) => _bits[(entity * WordsPerEntity) + (day >> 6)] |= 1UL << (day & 63);

    public bool IsSet(int entity, int day) =>
        (_bits[(entity * WordsPerEntity) + (day >> 6)] & (1UL << (day & 63))) != 0;

    /// <summary>The bits of some entities, in the order given.</summary>
    public PresenceBits Take(int[] entities)
    {
        var taken = new PresenceBits(entities.Length, _days, IsStarted);
        for (var i = 0; i < entities.Length; i++)
        {
            _bits
                .AsSpan(entities[i] * WordsPerEntity, WordsPerEntity)
                .CopyTo(taken._bits.AsSpan(i * WordsPerEntity, WordsPerEntity));
        }

        return taken;
    }
}
