using Tidemark.Lake.Catalog;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>
/// Checks that the catalog shows the lake's newest versions. Tidemark answers queries without it, but other programs
/// depend on it.
/// </summary>
internal sealed class CatalogCheck(CatalogFile catalog) : IDoctorCheck
{
    public async Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken) =>
        catalog.Fault() is { } fault ? throw fault
        : File.Exists(catalog.Path) && await catalog.IsBehindAsync(cancellationToken)
            ? new CheckAnswer(
                $"{catalog.Path} is out of date (other versions, other files of definitions/catalog, or another place): `tidemark catalog refresh` makes it again",
                Warns: true
            )
        : new CheckAnswer(catalog.Path);
}
