using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>
/// The command that brings back the rows of a live file which is gone or damaged, as messages name it.
/// </summary>
internal static class Remedy
{
    /// <summary>The layer of what vendors sent; all other tables are made from it.</summary>
    public const string SourceLayer = "ods";

    public static string Of(TableId table, AddAction file)
    {
        var slices = UnitSlice.Of(file);
        if (slices.Count == 0)
        {
            return $"Restore it from a backup; or take what another program appended out of the table: `tidemark history {table}`, then `tidemark restore {table} --version V`.";
        }

        return table.Layer == SourceLayer ? Refetch(slices) : Build(table, slices);
    }

    private static string Refetch(IReadOnlyList<UnitSlice> slices)
    {
        var commands = slices
            .Select(s => UnitId.TryParse(s.Unit, out var unit) ? unit : (UnitId?)null)
            .OfType<UnitId>()
            // Days of one symbol are fetched with the symbol alone.
            .GroupBy(u => (u.Dataset, Symbol: u.Period.Kind == PeriodKind.Range ? u.Part : null))
            .Select(g =>
                $"`tidemark refetch {g.Key.Dataset} --from {g.Min(u => u.Day).ToIso()} --to {g.Max(u => u.LastDay).ToIso()}{(g.Key.Symbol is { } symbol ? $" --symbols {symbol}" : "")}`"
            );
        return $"{string.Join(", ", commands)} fetches its rows again.";
    }

    private static string Build(TableId table, IReadOnlyList<UnitSlice> slices)
    {
        DateOnly[] days = [.. slices.SelectMany(s => s.Days)];
        var range = days.Length == 0 ? "" : $" --from {days.Min().ToIso()} --to {days.Max().ToIso()}";
        return $"`tidemark build {table}{range} --full` makes its rows again.";
    }
}
