using Tidemark.Operations.Definitions;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>
/// Writes definitions: a line for the counts, then one for each definition that differs from the shipped.
/// </summary>
internal static class DefinitionsText
{
    private const string Indent = "\n      ";

    public static string Of(DefinitionsReport report)
    {
        var replaced = report.Kinds.SelectMany(kind => kind.Replaced.Select(id => $"{kind.Kind}/{id}")).ToArray();
        var lines = new List<string>
        {
            string.Join(", ", report.Kinds.Select(kind => $"{kind.Shipped + kind.Own} {kind.Kind}"))
                + $": {report.Kinds.Sum(kind => kind.Shipped)} shipped, {report.Kinds.Sum(kind => kind.Own)} own, {replaced.Length} replaced",
        };
        if (replaced.Length > 0)
        {
            lines.Add($"replaced by your own: {string.Join(", ", replaced)}");
        }

        lines.AddRange(report.Off.Select(off => $"off: the {off.Kind} {off.Id}, because {off.Because}"));
        lines.AddRange(report.Notes);
        return string.Join(Indent, lines);
    }
}
