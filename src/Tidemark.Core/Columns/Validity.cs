namespace Tidemark.Core.Columns;

/// <summary>One bit a row, lowest bit first, 1 = not null: the layout that Arrow and DuckDB use.</summary>
internal struct Validity
{
    private ulong[] _words;

    public Validity(int capacity) => _words = new ulong[WordsFor(capacity)];

    public int NullCount { get; private set; }

    public readonly ReadOnlySpan<ulong> Words => _words;

    public void Add(int row, bool isValid)
    {
        var word = row >> 6;
        if (word >= _words.Length)
        {
            Array.Resize(ref _words, Math.Max(4, _words.Length * 2));
        }

        if (isValid)
        {
            _words[word] |= 1UL << (row & 63);
        }
        else
        {
            NullCount++;
        }
    }

    public readonly bool IsNull(int row) => (_words[row >> 6] & (1UL << (row & 63))) == 0;

    public void Truncate(int rows, int count)
    {
        for (var row = rows; row < count; row++)
        {
            if (IsNull(row))
            {
                NullCount--;
            }

            _words[row >> 6] &= ~(1UL << (row & 63));
        }
    }

    public void Clear()
    {
        Array.Clear(_words);
        NullCount = 0;
    }

    private static int WordsFor(int rows) => Math.Max(1, (rows + 63) >> 6);
}
