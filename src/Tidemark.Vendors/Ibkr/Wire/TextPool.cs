using System.Buffers.Binary;

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

        ref var slot = ref _slots[SlotOf(field)];
        if (slot.Bytes is null || !field.SequenceEqual(slot.Bytes))
        {
            slot = (field.ToArray(), FieldReader.TextOf(field));
        }

        return slot.Text;
    }

    /// <summary>
    /// FNV-1a over words of eight bytes. HashCode differs between processes: in one of a hundred, two texts of a row
    /// would share a slot, and which these are could not be repeated.
    /// </summary>
    private static int SlotOf(ReadOnlySpan<byte> field)
    {
        const ulong Offset = 14695981039346656037;
        const ulong Prime = 1099511628211;
        var hash = Offset;
        for (; field.Length >= sizeof(ulong); field = field[sizeof(ulong)..])
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(field)) * Prime;
        }

        foreach (var each in field)
        {
            hash = (hash ^ each) * Prime;
        }

        return (int)((hash ^ (hash >> 32)) % Slots);
    }
}
