using Tidemark.Lake.Engine;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Catalog;

/// <summary>
/// The file that a refresh writes before it takes the catalog's place. It is claimed while its process lives, so that
/// what a killed refresh has left can be told from what another one is writing.
/// </summary>
internal sealed class CatalogTemporary : IDisposable
{
    private const string Infix = ".tmp-";
    private const string ClaimSuffix = ".claim";
    private readonly string _beside;
    private readonly ClaimFile _claim;

    private readonly SpillFolder? _elsewhere;

    private CatalogTemporary(string beside, ClaimFile claim, SpillFolder? elsewhere)
    {
        _beside = beside;
        _elsewhere = elsewhere;
        Path = elsewhere is null ? beside : System.IO.Path.Combine(elsewhere.Path, "catalog.duckdb");
        _claim = claim;
    }

    /// <summary>The file that the engine writes.</summary>
    public string Path { get; }

    /// <exception cref="IOException">Nothing can be written beside the catalog.</exception>
    /// <exception cref="UnauthorizedAccessException">Nothing may be written there.</exception>
    public static CatalogTemporary Make(string catalog)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(catalog))!);
        // The name has no process id: containers that share a disk have the same ids.
        var path = catalog + Infix + System.IO.Path.GetRandomFileName();
        var claim = ClaimFile.Take(path + ClaimSuffix);
        return new CatalogTemporary(path, claim, path.Contains('?') ? MakeElsewhere() : null);
    }

    // DuckDB puts a file's log before a question mark in its path, which may be in another folder. Such a catalog is
    // written elsewhere.
    private static SpillFolder? MakeElsewhere() =>
        SpillFolder.TryMake(SpillFolder.NewPath(System.IO.Path.GetTempPath(), System.IO.Path.GetRandomFileName()));

    /// <summary>Removes what killed refreshes have left; returns the files.</summary>
    /// <param name="catalog">The catalog beside which it lies.</param>
    /// <param name="before">
    /// Files without a claim (left by an earlier version) are removed when they are older than this.
    /// </param>
    /// <exception cref="IOException">A file cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be removed.</exception>
    public static IReadOnlyList<string> Sweep(string catalog, DateTimeOffset before)
    {
        var full = System.IO.Path.GetFullPath(catalog);
        var folder = System.IO.Path.GetDirectoryName(full)!;
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var stem = System.IO.Path.GetFileName(full) + Infix;
        string[] files =
        [
            .. Directory
                .EnumerateFiles(folder)
                .Where(f => System.IO.Path.GetFileName(f).StartsWith(stem, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
        var claimed = files.Where(f => f.EndsWith(ClaimSuffix, StringComparison.Ordinal)).ToHashSet();
        var left = files.Where(f =>
            claimed.FirstOrDefault(c => f.StartsWith(c[..^ClaimSuffix.Length], StringComparison.Ordinal)) is { } claim
                ? ClaimFile.IsAbandoned(claim)
                : File.GetLastWriteTimeUtc(f) < before.UtcDateTime
        );
        string[] swept = [.. left]; // all is judged before a claim goes
        foreach (var file in swept)
        {
            File.Delete(file);
        }

        return swept;
    }

    /// <summary>Takes the catalog's place.</summary>
    public void Publish(string catalog)
    {
        if (_elsewhere is not null)
        {
            File.Copy(Path, _beside);
        }

        // Remove the old file's log: the engine would read it as the new file's.
        File.Delete(catalog + ".wal");
        File.Move(_beside, catalog, overwrite: true);
    }

    public void Dispose()
    {
        try
        {
            _elsewhere?.Dispose();
            File.Delete(_beside);
            File.Delete(_beside + ".wal");
            File.Delete(_claim.Path);
        }
        finally
        {
            _claim.Dispose();
        }
    }
}
