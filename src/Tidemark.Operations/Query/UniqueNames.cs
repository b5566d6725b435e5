using System.Globalization;

namespace Tidemark.Operations.Query;

/// <summary>
/// Makes column names unique for formats that need it (JSON, Parquet): the second <c>a</c> becomes <c>a_2</c>.
/// </summary>
public static class UniqueNames
{
    /// <summary>The names in order, each different from the others even when case is ignored.</summary>
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
