using Tidemark.Lake.Catalog;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>
/// Whether the catalog is that of the lake's newest versions. Without it every query is answered all the same; other
/// programs have nothing else.
/// </summary>
internal sealed class CatalogCheck(CatalogFile catalog) : IDoctorCheck
{
    public async Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken) =>
        catalog.Fault() is { } fault ? throw fault
        : File.Exists(catalog.Path) && await catalog.IsBehindAsync(cancellationToken)
            ? new CheckAnswer(
                $"{catalog.Path} is of other versions, of other files of definitions/catalog, or of another place: `tidemark catalog refresh` makes it anew",
                Warns: true
            )
        : new CheckAnswer(catalog.Path);
}
