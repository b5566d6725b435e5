using System.Globalization;
using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Extraction;

/// <summary>Says in words what rows prove of units.</summary>
public static class ScaleText
{
    /// <summary>For example <c>that vol counts share, not hand as declared</c>.</summary>
    /// <param name="dataset">The dataset, with a <see cref="UnitProof"/>.</param>
    /// <param name="count">A count with another scale.</param>
    public static string Of(DatasetDefinition dataset, ScaleCount count)
    {
        var proof = dataset.UnitProof!;
        var (volume, amount) = (UnitOf(dataset, proof.Volume), UnitOf(dataset, proof.Amount));
        var shares = CountedUnits.Amounts.GetValueOrDefault(amount) / count.Other;
        var money = CountedUnits.Volumes.GetValueOrDefault(volume) * count.Other;
        return Named(CountedUnits.Volumes, shares) is { } hand
                ? $"that {proof.Volume} counts {hand}, not {volume} as declared"
            : Named(CountedUnits.Amounts, money) is { } yuan
                ? $"that {proof.Amount} counts {yuan}, not {amount} as declared"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"that {proof.Amount} over {proof.Volume} is {count.Other / count.Scale:G6} times off what {amount} over {volume} would be"
            );
    }

    private static string UnitOf(DatasetDefinition dataset, string column) =>
        dataset.Columns.First(each => each.Name == column).Unit ?? "";

    private static string? Named(IReadOnlyDictionary<string, double> units, double factor) =>
        units.FirstOrDefault(unit => Math.Abs((unit.Value / factor) - 1) < 1e-6).Key;
}
