using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Warehouse;

/// <summary>Every key of <c>definitions/warehouse/dw_config.yaml</c>.</summary>
public static class ConfigKeys
{
    public const string Variables = "variables";

    public static KeyTable Table { get; } =
        new([
            new(
                $"{Variables}.*",
                "SQL text",
                KeyEntry.Nothing,
                "What `${NAME}` stands for in the SQL files; names are of capital letters, digits and `_`. One that changes makes the tables out of date that use it"
            ),
        ]);
}
