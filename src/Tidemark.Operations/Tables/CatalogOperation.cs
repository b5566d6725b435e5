using Tidemark.Lake.Catalog;

namespace Tidemark.Operations.Tables;

/// <summary>The catalog that was written.</summary>
/// <param name="Path">The path of its file.</param>
/// <param name="Tables">The version of each table in its views.</param>
/// <param name="Migrations">The user's own migrations, in order.</param>
/// <param name="LeftOut">What it left out of the lake.</param>
public sealed record CatalogResponse(
    string Path,
    IReadOnlyDictionary<string, long> Tables,
    IReadOnlyList<AppliedMigration> Migrations,
    LeftOutReport LeftOut
)
{
    public Verdict Verdict => LeftOut.Lower(Verdict.Done);
}

/// <summary>A migration of <c>definitions/catalog</c>.</summary>
/// <param name="Change"><c>new</c>, <c>same</c> or <c>changed</c>, compared with the catalog before.</param>
public sealed record AppliedMigration(int Version, string Name, string Sha256, string Change);

/// <summary><c>catalog refresh|migrate</c>: writes views and macros over the newest versions, and the user's.</summary>
public sealed class CatalogOperation(CatalogFile catalog)
{
    public async Task<CatalogResponse> RunAsync(CancellationToken stop)
    {
        var before = catalog.AppliedMigrations();
        var refresh = await catalog.RefreshAsync(stop);
        return new CatalogResponse(
            catalog.Path,
            refresh.Versions,
            [
                .. refresh.Migrations.Select(m => new AppliedMigration(
                    m.Version,
                    m.Name,
                    m.Sha256,
                    !before.TryGetValue(m.Version, out var hash) ? "new"
                        : hash == m.Sha256 ? "same"
                        : "changed"
                )),
            ],
            LeftOutReport.Of(refresh.LeftOut)
        );
    }
}
