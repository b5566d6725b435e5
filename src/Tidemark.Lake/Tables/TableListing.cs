using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>The objects that the store has of a table, except its log, by their decoded paths in the log.</summary>
internal sealed class TableListing
{
    private readonly Dictionary<string, StoredObject> _objects;

    private readonly TableId _table;

    private TableListing(TableId table, Dictionary<string, StoredObject> objects)
    {
        _table = table;
        _objects = objects;
    }

    /// <summary>Everything, markers included.</summary>
    public IReadOnlyDictionary<string, StoredObject> Objects => _objects;

    /// <summary>
    /// Data files, whether a version names them or not. A file is no data when its name, or that of a folder on the
    /// way, begins with <c>_</c> or <c>.</c>.
    /// </summary>
    public IEnumerable<StoredObject> DataFiles => _objects.Where(o => IsDataFile(o.Key)).Select(o => o.Value);

    public static Task<TableListing> ReadAsync(LakeTable table, CancellationToken cancellationToken) =>
        ReadAsync(table.Store, table.Id, cancellationToken);

    public static async Task<TableListing> ReadAsync(
        IObjectStore store,
        TableId table,
        CancellationToken cancellationToken
    )
    {
        var objects = new Dictionary<string, StoredObject>(StringComparer.Ordinal);
        await foreach (var found in store.ListAsync(table.Prefix, null, cancellationToken))
        {
            var path = found.Key[table.Prefix.Length..];
            if (!path.StartsWith(DeltaLog.Folder, StringComparison.Ordinal))
            {
                objects[path] = found;
            }
        }

        return new TableListing(table, objects);
    }

    /// <summary>The decoded path of a file of the log, relative to the table.</summary>
    /// <exception cref="Core.Errors.TidemarkException">The file lies outside the table.</exception>
    public static string PathOf(TableId table, AddAction file) => DeltaPath.KeyOf(table, file)[table.Prefix.Length..];

    public static bool IsDataFile(string path) =>
        path.EndsWith(".parquet", StringComparison.Ordinal) && !path.Split('/').Any(p => p is "" || p[0] is '_' or '.');

    /// <summary>How many files of a version the store does not have, or has in another size.</summary>
    public int CountMissing(IEnumerable<AddAction> files) =>
        files.Count(f => !_objects.TryGetValue(PathOf(_table, f), out var found) || found.Bytes != f.Size);
}
