using System.Collections.Concurrent;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Extraction;

/// <summary>
/// Takes columns that answers have and a dataset does not declare over into its table, where it says
/// <c>on_new_column: adopt</c>. The table's schema in the log remembers them; what a run has found is used by all of
/// its units from then on. Thread-safe.
/// </summary>
internal sealed class ColumnAdoption(TimeProvider clock)
{
    /// <summary>A vendor that makes names up must not widen a table for ever.</summary>
    private const int ColumnsMax = 64;

    // The lake adds these to tables: see DatasetFile.
    private static readonly string[] s_ownNames = [TableDefinition.DayColumn, TablePartition.MonthColumn];

    private readonly ConcurrentDictionary<string, IReadOnlyList<ColumnDefinition>> _found = new(StringComparer.Ordinal);

    /// <summary>A dataset with the columns that its table has adopted, and those that this run is about to.</summary>
    public DatasetDefinition With(DatasetDefinition dataset, TableSnapshot seen)
    {
        var declared = Declared(dataset);
        var adopted = seen
            .Columns.Where(c => c.Adopted is not null)
            .Select(Of)
            .Concat(_found.GetValueOrDefault(dataset.Id, []))
            .DistinctBy(c => c.Name, StringComparer.Ordinal)
            .Where(c => !declared.Exists(d => d.Name == c.Name || IsSame(d.Field, c.Field)))
            .ToArray();
        return adopted.Length == 0 && declared.Count == dataset.Columns.Count
            ? dataset
            : dataset with
            {
                Columns = [.. declared, .. adopted],
            };
    }

    /// <summary>
    /// The dataset with columns that an answer had beside; null where it had none that can be adopted. The answer is to
    /// be read once more, for their values.
    /// </summary>
    /// <param name="dataset">As <see cref="With"/> gave it.</param>
    /// <param name="seen">The table.</param>
    /// <param name="drift">What the answer had.</param>
    public DatasetDefinition? Adopt(DatasetDefinition dataset, TableSnapshot seen, ColumnDrift drift)
    {
        if (dataset.Drift.OnNewColumn != NewColumnPolicy.Adopt)
        {
            return null;
        }

        NewColumn[] wanted =
        [
            .. drift.Watched.Where(c =>
                c.Kind is not null && c.Field.Length > 0 && !dataset.Columns.Any(d => d.Field == c.Field)
            ),
        ];
        if (wanted.Length > 0)
        {
            _found.AddOrUpdate(
                dataset.Id,
                _ => Grown(dataset, seen, [], wanted),
                (_, found) => Grown(dataset, seen, found, wanted)
            );
        }

        var wider = With(dataset, seen);
        return wider.Columns.Count > dataset.Columns.Count ? wider : null;
    }

    private IReadOnlyList<ColumnDefinition> Grown(
        DatasetDefinition dataset,
        TableSnapshot seen,
        IReadOnlyList<ColumnDefinition> found,
        NewColumn[] wanted
    )
    {
        var all = new List<ColumnDefinition>(found);
        var names = dataset.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        names.UnionWith([.. s_ownNames, .. seen.Columns.Select(c => c.Name), .. found.Select(c => c.Name)]);
        var adopted = seen
            .Columns.Where(c => c.Adopted is not null)
            .Select(c => c.Name)
            .Union(found.Select(c => c.Name));
        var room = ColumnsMax - adopted.Count();
        foreach (var column in wanted.Where(w => !found.Any(f => f.Field == w.Field)))
        {
            var name = AdoptedName.Of(column.Field, names);
            if (room > 0 && names.Add(name))
            {
                room--;
                all.Add(Of(name, column.Kind!.Value, column.Field, clock.GetUtcNow()));
            }
        }

        return all;
    }

    private static List<ColumnDefinition> Declared(DatasetDefinition dataset) =>
        [.. dataset.Columns.Where(c => c.AdoptedAt is null)];

    private static ColumnDefinition Of(LakeColumn column) =>
        Of(
            column.Name,
            column.Type == LakeType.Double ? ColumnKind.Double : ColumnKind.Text,
            column.Adopted!.Field,
            column.Adopted.At
        );

    private static ColumnDefinition Of(string name, ColumnKind kind, string field, DateTimeOffset at) =>
        new(
            name,
            kind,
            VendorName: field,
            Description: $"Adopted: nobody has declared the vendor's column '{field}'",
            Optional: true,
            AdoptedAt: at
        );

    private static bool IsSame(string left, string right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
