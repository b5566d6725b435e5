using System.Buffers.Binary;
using System.Reflection;
using System.Text;

namespace Tidemark.Testing.Tws;

/// <summary>What one end of a TWS connection must write, byte for byte.</summary>
/// <param name="Name">The message and the case: <c>tickPrice: bid and its size</c>.</param>
/// <param name="FromClient">
/// Whether the client writes it (<c>&gt;</c> in the file), or the gateway (<c>&lt;</c>).
/// </param>
/// <param name="Dump">The payload for people: NUL written as ␀.</param>
/// <param name="Bytes">Everything on the wire, the length prefix included.</param>
public sealed record GoldenFrame(string Name, bool FromClient, string Dump, byte[] Bytes)
{
    /// <summary>The name of the message, without the case.</summary>
    public string Message => Name.Split(':', 2)[0];

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>
/// Frames of the TWS protocol, in files of this folder. Neither the client nor the simulated gateway has made them;
/// both are tested against them. A frame is a line <c>&gt; name</c> or <c>&lt; name</c>, a line with its dump, lines
/// with its hex, and an empty line.
/// </summary>
public static class GoldenFrames
{
    private const string Greeting = "API␀ ";

    /// <summary>The frames of <c>golden/{name}.frames</c>, in order.</summary>
    public static IReadOnlyList<GoldenFrame> Read(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var stream =
            assembly.GetManifestResourceStream($"golden/{name}.frames")
            ?? throw new ArgumentException($"There is no golden/{name}.frames", nameof(name));
        using var reader = new StreamReader(stream);
        var frames = new List<GoldenFrame>();
        foreach (var block in reader.ReadToEnd().Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = block.Trim('\n').Split('\n');
            if (lines[0].StartsWith('#'))
            {
                continue;
            }

            var bytes = Convert.FromHexString(string.Concat(lines[2..]).Replace(" ", "", StringComparison.Ordinal));
            var frame = new GoldenFrame(lines[0][2..], lines[0][0] == '>', lines[1], bytes);
            frames.Add(
                BytesOf(frame.Dump).AsSpan().SequenceEqual(bytes)
                    ? frame
                    : throw new InvalidDataException($"{name}.frames: dump and hex of '{frame.Name}' differ")
            );
        }

        return frames;
    }

    /// <summary>The bytes that a dump stands for.</summary>
    public static byte[] BytesOf(string dump) =>
        dump.StartsWith(Greeting, StringComparison.Ordinal)
            ? [.. "API\0"u8, .. Framed(dump[Greeting.Length..])]
            : Framed(dump.Replace('␀', '\0'));

    private static byte[] Framed(string payload)
    {
        var frame = new byte[sizeof(int) + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length);
        Encoding.ASCII.GetBytes(payload, frame.AsSpan(sizeof(int)));
        return frame;
    }
}
