using System.Security.Cryptography;
using Tidemark.Core.Definitions;
using Tidemark.Core.Errors;

namespace Tidemark.Lake.Catalog;

/// <summary>The files of <c>definitions/catalog</c> at one moment.</summary>
/// <param name="Known">Those that can be applied, in order of their numbers.</param>
/// <param name="Faulty">Those that are not named as they should be, have a number twice or cannot be read.</param>
/// <param name="Files">A hash of each file's content by its name: what a catalog was made of, and whether that is still what there is.</param>
internal sealed record CatalogSources(
    IReadOnlyList<CatalogMigration> Known,
    IReadOnlyList<LeftOut> Faulty,
    IReadOnlyDictionary<string, string> Files
)
{
    public static CatalogSources None { get; } = new([], [], new Dictionary<string, string>());

    public static CatalogSources Load(DefinitionFiles? files)
    {
        var known = new SortedDictionary<int, CatalogMigration>();
        var faulty = new List<LeftOut>();
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in files?.All ?? [])
        {
            var name = Path.GetFileName(file.Path);
            try
            {
                var migration = CatalogMigrations.Read(file.Path);
                hashes[name] = migration.Sha256;
                if (!known.TryAdd(migration.Version, migration))
                {
                    throw CatalogMigrations.SameNumber(file.Path, known[migration.Version].Path);
                }
            }
            catch (TidemarkException e)
            {
                hashes.TryAdd(name, HashOf(file.Path));
                faulty.Add(CatalogMigrations.LeftOutOf(file.Path, e));
            }
        }

        return new CatalogSources([.. known.Values], faulty, hashes);
    }

    /// <summary>Whether a catalog was made of just these files.</summary>
    public bool AreThoseOf(IReadOnlyDictionary<string, string> files) =>
        files.Count == Files.Count && Files.All(f => files.GetValueOrDefault(f.Key) == f.Value);

    // What cannot be read has the hash of nothing: it is another file as soon as it can.
    private static string HashOf(string path)
    {
        try
        {
            return Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
