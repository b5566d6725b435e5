using Tidemark.Definitions.Files;

namespace Tidemark.Definitions.Warehouse;

/// <summary>
/// The SQL files of <c>definitions/warehouse/{layer}</c> that are in force, and <c>dw_config.yaml</c>, as they were
/// when they were read. What they mean is for the engine to say.
/// </summary>
/// <param name="Tables">A file a table, by <c>layer.table</c>.</param>
/// <param name="Config">The shipped one first; what a later one says wins. None where there is no such file.</param>
public sealed record WarehouseFiles(DefinitionSet Tables, IReadOnlyList<DefinitionSource> Config)
{
    /// <summary>The file with the variables.</summary>
    public const string ConfigName = "dw_config.yaml";

    /// <summary>Tables among the definitions: a file each, in the folder of its layer, by <c>layer.table</c>.</summary>
    public static DefinitionKind Kind { get; } = new("warehouse", [".sql"], ByLayer: true);

    /// <summary>Reads all of them.</summary>
    /// <param name="files">Of the kind <see cref="Kind"/>.</param>
    public static WarehouseFiles Of(DefinitionFiles files) =>
        new(
            DefinitionSet.Of(files),
            [
                .. files
                    .Folders.Select(folder => Path.Combine(folder, ConfigName))
                    .Select((path, i) => (Path: path, IsShipped: i == 0))
                    .Where(file => Path.Exists(file.Path))
                    .Select(file =>
                        DefinitionSource.Of(
                            new DefinitionFile(
                                ConfigName,
                                file.Path,
                                file.IsShipped ? DefinitionOrigin.Shipped : DefinitionOrigin.Own
                            )
                        )
                    ),
            ]
        );
}
