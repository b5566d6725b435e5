using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tidemark.Definitions.Yaml;

/// <summary>
/// Text to values with lines. Stricter than YAML: one document, no anchors, no tags, no merge keys, only text as keys,
/// and a key that stands twice is a fault. What is found wrong goes to the problems; the rest is still read.
/// </summary>
internal sealed class YamlText
{
    /// <summary>Far beyond any file of ours; keeps a hostile one from exhausting the stack.</summary>
    private const int DepthMax = 32;

    private readonly string _file;
    private readonly YamlProblems _problems;
    private readonly Parser _parser;

    private YamlText(string file, string text, YamlProblems problems)
    {
        _file = file;
        _problems = problems;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>
    /// The document's root, or null when the file is empty or cannot be parsed (then a problem says so).
    /// </summary>
    public static YamlValue? Parse(string file, string text, YamlProblems problems)
    {
        var reading = new YamlText(file, text, problems);
        try
        {
            return reading.Document();
        }
        catch (YamlException error)
        {
            var line = (int)Math.Max(1, error.Start.Line);
            problems.Add(new YamlOrigin(file, line), $"not valid YAML: {FirstLine(error.Message)}");
            return null;
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or FormatException)
        {
            // YamlDotNet's scanner answers some malformed texts (an odd '%' line in a flow list) with its own internal
            // errors.
            var line = (int)Math.Max(1, reading._parser.Current?.End.Line ?? 1);
            problems.Add(new YamlOrigin(file, line), "not valid YAML here or on the next lines");
            return null;
        }
    }

    private YamlValue? Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            return null;
        }

        _parser.Consume<DocumentStart>();
        var root = Value(depth: 0);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
        {
            _problems.Add(At(second), "a second document ('---'); one file holds one document");
        }

        return root;
    }

    private YamlValue Value(int depth)
    {
        var current = _parser.Current ?? throw new YamlException("unexpected end of the file");
        if (depth > DepthMax)
        {
            throw new YamlException(current.Start, current.End, $"nested more than {DepthMax} levels deep");
        }

        if (current is NodeEvent node && current is not AnchorAlias && (!node.Anchor.IsEmpty || !node.Tag.IsEmpty))
        {
            _problems.Add(At(current), "anchors (&name) and tags (!name) are not supported; write the value out");
        }

        switch (current)
        {
            case Scalar scalar:
                _parser.MoveNext();
                return new YamlScalar(At(scalar), IsNull(scalar) ? null : scalar.Value);
            case SequenceStart:
                return Sequence(depth);
            case MappingStart:
                return Mapping(depth);
            case AnchorAlias alias:
                _parser.MoveNext();
                _problems.Add(At(alias), $"aliases (*{alias.Value}) are not supported; write the value out");
                return new YamlScalar(At(alias), null);
            default:
                throw new YamlException(current.Start, current.End, "a value was expected here");
        }
    }

    private YamlSequence Sequence(int depth)
    {
        var start = _parser.Consume<SequenceStart>();
        var items = new List<YamlValue>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Value(depth + 1));
        }

        return new YamlSequence(At(start), items);
    }

    private YamlMapping Mapping(int depth)
    {
        var start = _parser.Consume<MappingStart>();
        var entries = new List<YamlEntry>();
        var lines = new Dictionary<string, int>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = Value(depth + 1);
            var value = Value(depth + 1);
            if (key is not YamlScalar { Text: { } name })
            {
                _problems.Add(key.Origin, $"a key must be text, found {key.Describe()}");
            }
            else if (!lines.TryAdd(name, key.Origin.Line))
            {
                _problems.Add(key.Origin, $"the key '{name}' stands twice (first on line {lines[name]})");
            }
            else
            {
                entries.Add(new YamlEntry(name, key.Origin, value));
            }
        }

        return new YamlMapping(At(start), entries);
    }

    private static bool IsNull(Scalar scalar) => scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" };

    private YamlOrigin At(ParsingEvent parsed) => new(_file, (int)parsed.Start.Line);

    private static string FirstLine(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return end < 0 ? text : text[..end].TrimEnd();
    }
}
