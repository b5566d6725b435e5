using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Tidemark.Simulator.Tests.Tws;

/// <summary>The table of fields in <c>field-counts.txt</c>, and frames held against it.</summary>
internal static partial class FieldTable
{
    public static IReadOnlyDictionary<string, string[]> Rows { get; } = Read();

    /// <summary>Fails unless a frame has exactly the fields of its message.</summary>
    public static void Check(string dump)
    {
        dump.ShouldEndWith("␀");
        var fields = dump.Split('␀')[..^1];
        Rows.ContainsKey(fields[0]).ShouldBeTrue(dump);
        var at = 1;
        Take(Rows[fields[0]], fields, ref at, dump);
        at.ShouldBe(fields.Length, $"fields of {dump}");
    }

    private static void Take(ReadOnlySpan<string> signs, string[] fields, ref int at, string dump)
    {
        for (var i = 0; i < signs.Length; i++)
        {
            at.ShouldBeLessThan(fields.Length, $"fields of {dump}");
            var field = fields[at++];
            if (signs[i] != "{")
            {
                Fits(signs[i], field).ShouldBeTrue($"field {at} '{field}' as {signs[i]} of {dump}");
                continue;
            }

            var end = Closing(signs, i);
            var groups = int.Parse(field, CultureInfo.InvariantCulture);
            for (var group = 0; group < groups; group++)
            {
                Take(signs[(i + 1)..end], fields, ref at, dump);
            }

            i = end;
        }
    }

    private static int Closing(ReadOnlySpan<string> signs, int open)
    {
        var depth = 0;
        for (var i = open; ; i++)
        {
            depth +=
                signs[i] == "{" ? 1
                : signs[i] == "}" ? -1
                : 0;
            if (depth == 0)
            {
                return i;
            }
        }
    }

    private static bool Fits(string sign, string field) =>
        sign switch
        {
            "i" => Whole().IsMatch(field),
            "d" => Java().IsMatch(field),
            "n" => Whole().IsMatch(field) || Java().IsMatch(field),
            "c" => Java().IsMatch(field) || field is "-1" or "-2",
            "t" => field.Length > 0,
            "s" => true,
            _ => field == sign[1..],
        };

    private static Dictionary<string, string[]> Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("field-counts.txt")!;
        using var reader = new StreamReader(stream);
        return reader
            .ReadToEnd()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#')
            .Select(line =>
                line.Replace("{", "{ ").Replace("}", " }").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            )
            .ToDictionary(row => row[0], row => row[2..]);
    }

    [GeneratedRegex(@"^-?\d+$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^-?\d+\.\d+(E-?\d+)?$")]
    private static partial Regex Java();
}
