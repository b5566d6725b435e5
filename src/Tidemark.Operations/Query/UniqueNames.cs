using System.Globalization;

namespace Tidemark.Operations.Query;

/// <summary>
/// Names of columns where each may stand only once (JSON, Parquet): the second <c>a</c> is <c>a_2</c>.
/// </summary>
public static class UniqueNames
{
    /// <summary>The names in order, each different from the others whatever the case of its letters.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> names)
    {
        var wanted = names.Select(n => n.Trim().Length == 0 ? "column" : n).ToArray();
        var taken = new HashSet<string>(wanted, StringComparer.OrdinalIgnoreCase);
        var given = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var unique = new string[wanted.Length];
        for (var i = 0; i < wanted.Length; i++)
        {
            var name = wanted[i];
            for (var n = 2; !given.Add(name); n++)
            {
                name = string.Create(CultureInfo.InvariantCulture, $"{wanted[i]}_{n}");
                if (taken.Contains(name))
                {
                    name = wanted[i];
                }
            }

            unique[i] = name;
        }

        return unique;
    }
}
