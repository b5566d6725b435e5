namespace Tidemark.Vendors.Ibkr.Wire;

/// <summary>
/// Gives the same string for the same bytes while it remembers them: a chain says "SMART", "USD" and its trading hours
/// thousands of times. Forgets at random rather than grow. For one thread.
/// </summary>
internal sealed class TextPool
{
    private const int Slots = 4096;

    /// <summary>Longer ones are not looked up: they would be compared byte by byte for nothing.</summary>
    private const int LongestText = 1024;

    private readonly (byte[] Bytes, string Text)[] _slots = new (byte[], string)[Slots];

    public string Get(ReadOnlySpan<byte> field)
    {
        if (field.IsEmpty)
        {
            return "";
        }

        if (field.Length > LongestText)
        {
            return FieldReader.TextOf(field);
        }

        var hash = new HashCode();
        hash.AddBytes(field);
        ref var slot = ref _slots[(uint)hash.ToHashCode() % Slots];
        if (slot.Bytes is null || !field.SequenceEqual(slot.Bytes))
        {
            slot = (field.ToArray(), FieldReader.TextOf(field));
        }

        return slot.Text;
    }
}
