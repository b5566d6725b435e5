using System.Security.Cryptography;
using System.Text;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Catalog;

/// <summary>The files of <c>definitions/catalog</c> at one moment.</summary>
/// <param name="Known">The files that can be applied, in order of their numbers.</param>
/// <param name="Faulty">Files that have a wrong name or another file's number, or cannot be read.</param>
/// <param name="Texts">The readable text of each file, by its name.</param>
/// <param name="Files">
/// A hash of each file's content by its name: they show whether a catalog was made of the present files.
/// </param>
internal sealed record CatalogSources(
    IReadOnlyList<CatalogMigration> Known,
    IReadOnlyList<LeftOut> Faulty,
    IReadOnlyDictionary<string, string> Texts,
    IReadOnlyDictionary<string, string> Files
)
{
    public static CatalogSources None { get; } =
        new([], [], new Dictionary<string, string>(), new Dictionary<string, string>());

    public static CatalogSources Load(IReadOnlyList<string>? files)
    {
        var known = new SortedDictionary<int, CatalogMigration>();
        var faulty = new List<LeftOut>();
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in files ?? [])
        {
            var name = Path.GetFileName(path);
            try
            {
                var migration = CatalogMigrations.Read(path);
                (texts[name], hashes[name]) = (migration.Sql, migration.Sha256);
                if (!known.TryAdd(migration.Version, migration))
                {
                    throw CatalogMigrations.SameNumber(path, known[migration.Version].Path);
                }
            }
            catch (TidemarkException e)
            {
                var bytes = BytesOf(path);
                texts.TryAdd(name, Encoding.UTF8.GetString(bytes));
                hashes.TryAdd(name, Convert.ToHexStringLower(SHA256.HashData(bytes)));
                faulty.Add(CatalogMigrations.LeftOutOf(path, e));
            }
        }

        return new CatalogSources([.. known.Values], faulty, texts, hashes);
    }

    /// <summary>Whether a catalog was made of just these files.</summary>
    public bool AreThoseOf(IReadOnlyDictionary<string, string> files) =>
        files.Count == Files.Count && Files.All(f => files.GetValueOrDefault(f.Key) == f.Value);

    /// <summary>
    /// What files that are not applied would make, and why they are not: they are left out, or no table meets their
    /// needs.
    /// </summary>
    public IReadOnlyList<CatalogLack> Lacking(IReadOnlyList<CatalogMigration> applied, IEnumerable<LeftOut> leftOut)
    {
        var lacks = leftOut
            .Where(l => !l.IsTable && Texts.ContainsKey(l.Name))
            .Select(l => new CatalogLack(l, QueryReach.CreatedBy(Texts[l.Name])))
            .ToList();
        var unfit = Known.Except(applied).Where(m => !lacks.Exists(l => l.Why.Name == Path.GetFileName(m.Path)));
        lacks.AddRange(unfit.Select(m => new CatalogLack(CatalogMigrations.Unmet(m), QueryReach.CreatedBy(m.Sql))));
        return lacks;
    }

    /// <summary>
    /// Names that files make and that the catalog may lack: it has applied only the files with these hashes.
    /// </summary>
    public IReadOnlySet<string> NamesBeyond(IReadOnlyDictionary<int, string> applied) =>
        Known
            .Where(m => applied.GetValueOrDefault(m.Version) != m.Sha256)
            .Select(m => m.Sql)
            .Concat(Faulty.Select(f => Texts.GetValueOrDefault(f.Name, "")))
            .SelectMany(QueryReach.CreatedBy)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The file that drops the view of a table, or null.</summary>
    public CatalogMigration? DropperOf(TableId table) =>
        Known.FirstOrDefault(m =>
            QueryReach
                .DroppedBy(m.Sql)
                .Any(n =>
                    n.Equals(table.Name, StringComparison.OrdinalIgnoreCase)
                    || n.Equals(table.Layer, StringComparison.OrdinalIgnoreCase)
                )
        );

    // A file that cannot be read counts as empty, so its hash changes as soon as it can be read.
    private static byte[] BytesOf(string path)
    {
        try
        {
            return DataFile.ReadBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

/// <summary>What a catalog lacks because a file is not applied.</summary>
/// <param name="Why">The file and the reason.</param>
/// <param name="Names">The names of the views, macros and tables that it would make.</param>
internal sealed record CatalogLack(LeftOut Why, IReadOnlySet<string> Names)
{
    public CatalogLack(LeftOut why, IEnumerable<string> names)
        : this(why, names.ToHashSet(StringComparer.OrdinalIgnoreCase)) { }
}
