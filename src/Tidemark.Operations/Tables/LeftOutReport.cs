using System.Globalization;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Tables;

/// <summary>
/// What an operation left out of the lake: tables that it could not use, and files of tables that are gone or damaged.
/// </summary>
/// <param name="Tables">Tables, and other things in the place of tables, each with its reason.</param>
/// <param name="Damage">Live files that are gone, of another size or behind a link.</param>
public sealed record LeftOutReport(IReadOnlyList<LeftOut> Tables, LakeDamage Damage)
{
    private const int FilesShown = 5;

    /// <summary>Definitions whose files have faults, and those that need them.</summary>
    public IReadOnlyList<LeftOut> Definitions { get; init; } = [];

    /// <summary>Whether the operation needed all definitions; without some of them it is incomplete.</summary>
    public bool NeedsDefinitions { get; init; }

    /// <summary>Nothing was left out.</summary>
    public static LeftOutReport None { get; } = Of([]);

    /// <summary>Whether nothing of the lake was left out.</summary>
    public bool IsEmpty => Tables.Count + Damage.Files.Count + Damage.Unlisted.Count == 0;

    /// <summary>One line for each table and definition, and for the first damaged files of each table.</summary>
    public IReadOnlyList<string> Lines =>
        [.. LeftOut.Once(Tables).Concat(Definitions).Select(Line), .. LinesOf(Damage)];

    public static LeftOutReport Of(IReadOnlyList<LeftOut> tables) => new(tables, new LakeDamage([], []));

    /// <summary>Lowers a verdict from done to incomplete when something is left out.</summary>
    public Verdict Lower(Verdict verdict) =>
        verdict == Verdict.Done && (!IsEmpty || (NeedsDefinitions && Definitions.Count > 0))
            ? Verdict.Incomplete
            : verdict;

    private static IEnumerable<string> LinesOf(LakeDamage damage)
    {
        foreach (var table in damage.Files.GroupBy(f => f.Table))
        {
            // Where several files are behind one link, report the link.
            DamagedFile[] files = [.. table.DistinctBy(f => f.Link ?? f.Key)];
            foreach (var file in files.Take(FilesShown))
            {
                yield return $"damaged: {file.Code}: {file.Line}";
            }

            if (files.Skip(FilesShown).Count() is var more and > 0)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"damaged: {more} more files of {table.Key}: `tidemark verify --quick {table.Key}` names them all, and how to repair each"
                );
            }
        }

        foreach (var unlisted in damage.Unlisted)
        {
            yield return Line(unlisted);
        }
    }

    private static string Line(LeftOut left) => $"left out: {left.Name}: {left.Code}: {left.Reason}";
}
