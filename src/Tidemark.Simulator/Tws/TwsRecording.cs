using System.Globalization;
using System.Text;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;

namespace Tidemark.Simulator.Tws;

/// <summary>One frame of a recording.</summary>
/// <param name="At">The time since the recording began.</param>
/// <param name="Connection">The client's number, from 1.</param>
/// <param name="Fields">Its fields; the greeting has one, <c>v100..176</c>.</param>
internal sealed record RecordedFrame(TimeSpan At, int Connection, bool FromClient, IReadOnlyList<string> Fields)
{
    /// <summary>The text in place of everything that was left out.</summary>
    public const string Redacted = "*";

    /// <summary>Whether the frame's content was left out.</summary>
    public bool IsRedacted => Fields.Count == 2 && Fields[1] == Redacted;
}

/// <summary>
/// The lines of a recording, one per frame: <c>12.345678 1 &gt; 71␀2␀1␀␀</c>. Described in
/// docs/formats/tws-recording.md.
/// </summary>
internal static class TwsRecording
{
    public const string FirstLine = "tidemark-tws-recording 1";

    private const string Greeting = "API␀ ";
    private const char Nul = '␀';
    private const int Parts = 4;

    /// <summary>The line of a frame.</summary>
    public static string Line(RecordedFrame frame, bool isGreeting)
    {
        var text = new StringBuilder();
        text.Append(Seconds(frame.At)).Append(' ').Append(frame.Connection.ToString(CultureInfo.InvariantCulture));
        text.Append(frame.FromClient ? " > " : " < ");
        if (isGreeting)
        {
            return text.Append(Greeting).Append(Escaped(frame.Fields[0])).ToString();
        }

        foreach (var field in frame.Fields)
        {
            text.Append(Escaped(field)).Append(Nul);
        }

        return text.ToString();
    }

    /// <summary>A line that is not a frame.</summary>
    public static string Note(TimeSpan at, int connection, string text) =>
        $"# {Seconds(at)} {connection.ToString(CultureInfo.InvariantCulture)} {text}";

    /// <summary>The frames of a file.</summary>
    /// <exception cref="TidemarkException">
    /// The file cannot be read or is no recording; the message names the line.
    /// </exception>
    public static IReadOnlyList<RecordedFrame> Read(string path)
    {
        string[] lines;
        try
        {
            lines = [.. DataFile.ReadLines(path)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Invalid(path, $"cannot be read: {error.Message}", "Check the path after --play.", error);
        }

        if (lines.Length == 0 || lines[0] != FirstLine)
        {
            throw Invalid(path, $"does not begin with '{FirstLine}'", "Make one with sim tws --record.", null);
        }

        var frames = new List<RecordedFrame>();
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].Length > 0 && lines[i][0] != '#')
            {
                frames.Add(
                    Frame(lines[i])
                        ?? throw Invalid(
                            path,
                            string.Create(CultureInfo.InvariantCulture, $"is wrong in line {i + 1}: {lines[i]}"),
                            "A line is SECONDS CONNECTION > FIELD␀FIELD␀, or < for the gateway.",
                            null
                        )
                );
            }
        }

        return frames;
    }

    private static RecordedFrame? Frame(string line)
    {
        var parts = line.Split(' ', Parts);
        var culture = CultureInfo.InvariantCulture;
        if (
            parts.Length < Parts
            || parts[2] is not (">" or "<")
            || !double.TryParse(parts[0], NumberStyles.AllowDecimalPoint, culture, out var seconds)
            || !int.TryParse(parts[1], NumberStyles.None, culture, out var connection)
            || !TryFields(parts[3], out var fields)
        )
        {
            return null;
        }

        return new RecordedFrame(TimeSpan.FromSeconds(seconds), connection, parts[2] == ">", fields);
    }

    private static bool TryFields(string dump, out List<string> fields)
    {
        fields = [];
        if (dump.StartsWith(Greeting, StringComparison.Ordinal))
        {
            fields.Add(dump[Greeting.Length..]);
            return true;
        }

        var field = new StringBuilder();
        for (var i = 0; i < dump.Length; i++)
        {
            switch (dump[i])
            {
                case Nul:
                    fields.Add(field.ToString());
                    field.Clear();
                    break;
                case '\\' when i + 1 < dump.Length && dump[i + 1] == '\\':
                    field.Append('\\');
                    i++;
                    break;
                case '\\' when i + 3 < dump.Length && dump[i + 1] == 'x' && TryHex(dump.AsSpan(i + 2, 2), out var code):
                    field.Append((char)code);
                    i += 3;
                    break;
                case '\\':
                    return false;
                default:
                    field.Append(dump[i]);
                    break;
            }
        }

        return fields.Count > 0 && field.Length == 0;
    }

    private static bool TryHex(ReadOnlySpan<char> text, out byte code) =>
        byte.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code);

    private static string Seconds(TimeSpan at) => at.TotalSeconds.ToString("0.000000", CultureInfo.InvariantCulture);

    /// <summary>The field with every byte other than printable ASCII as <c>\x0a</c>, and the backslash twice.</summary>
    private static string Escaped(string field)
    {
        if (!field.AsSpan().ContainsAnyExceptInRange(' ', '~') && !field.Contains('\\'))
        {
            return field;
        }

        var text = new StringBuilder();
        foreach (var letter in field)
        {
            if (letter == '\\')
            {
                text.Append(@"\\");
            }
            else if (letter is >= ' ' and <= '~')
            {
                text.Append(letter);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}");
            }
        }

        return text.ToString();
    }

    private static TidemarkException Invalid(string path, string what, string next, Exception? inner) =>
        new(ErrorKind.Configuration, "RECORDING_INVALID", $"The recording {path} {what}. {next}", inner);
}
