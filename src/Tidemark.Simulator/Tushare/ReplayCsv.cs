using System.IO.Compression;
using System.Text;
using Tidemark.Core.Files;

namespace Tidemark.Simulator.Tushare;

/// <summary>
/// What the loader needs from a recorded CSV file besides its rows: the names in its first line, and where a record
/// begins. Records follow RFC 4180: a field may be in quotes and then hold commas, line breaks and doubled quotes.
/// </summary>
internal static class ReplayCsv
{
    private const int LongestHeader = 1 << 20;

    /// <summary>The names of the columns; none when the file is empty.</summary>
    /// <exception cref="IOException">The file cannot be read or unpacked.</exception>
    public static IReadOnlyList<string> Header(string file)
    {
        using var reader = Open(file);
        var names = new List<string>();
        var name = new StringBuilder();
        var isQuoted = false;
        for (var length = 0; reader.Read() is var next && length < LongestHeader; length++)
        {
            switch (next)
            {
                case '"':
                    isQuoted = !isQuoted;
                    break;
                case ',' when !isQuoted:
                    names.Add(name.ToString());
                    name.Clear();
                    break;
                case -1:
                case '\r' or '\n' when !isQuoted:
                    if (names.Count > 0 || name.Length > 0)
                    {
                        names.Add(name.ToString());
                    }

                    return names;
                default:
                    name.Append((char)next);
                    break;
            }
        }

        throw new InvalidDataException($"its first line is longer than {LongestHeader} characters");
    }

    /// <summary>The line, counted from 1, in which a record begins; the header is record −1.</summary>
    public static long LineOf(string file, long record)
    {
        using var reader = Open(file);
        var line = 1L;
        var beginning = 1L;
        var at = -2L; // the record that ended last
        var isQuoted = false;
        var isBlank = true;
        while (reader.Read() is var next && next >= 0)
        {
            if (next == '\n' && !isQuoted)
            {
                at += isBlank ? 0 : 1; // lines without anything are no records
                beginning = line + 1;
                isBlank = true;
            }
            else if (next is not ('\r' or '\n'))
            {
                if (isBlank && at == record - 1)
                {
                    return beginning;
                }

                isBlank = false;
            }

            isQuoted ^= next == '"';
            line += next == '\n' ? 1 : 0;
        }

        return beginning;
    }

    private static StreamReader Open(string file)
    {
        Stream stream = DataFile.OpenRead(file);
        if (file.EndsWith(".gz", StringComparison.Ordinal))
        {
            stream = new GZipStream(stream, CompressionMode.Decompress);
        }

        return new StreamReader(stream, Encoding.UTF8);
    }
}
