using Tidemark.Core.Errors;
using Tidemark.Core.Yaml;

namespace Tidemark.Warehouse.Project;

/// <summary>
/// <c>dw_config.yaml</c>: <c>variables:</c>, names and values that SQL may use as <c>${NAME}</c>. The file may be absent.
/// </summary>
internal sealed record WarehouseConfig(IReadOnlyDictionary<string, string> Variables)
{
    public static WarehouseConfig Read(
        string path,
        IReadOnlyDictionary<string, string> overrides,
        YamlProblems problems
    )
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (File.Exists(path))
        {
            var root = YamlSection.Parse(path, ReadText(path), problems);
            var section = root.Section("variables");
            foreach (var name in section.Keys.ToArray())
            {
                variables[name] = section.RequiredText(name);
                if (name == WarehouseTable.PartitionDate || !SqlFile.IsVariableName(name))
                {
                    section.Problem(name, "must be upper-case letters, digits and underscores, and not PARTITION_DATE");
                }
            }

            root.RejectUnknownKeys();
        }

        foreach (var (name, value) in overrides)
        {
            if (!variables.ContainsKey(name))
            {
                problems.Add(
                    new YamlOrigin(path, 0),
                    $"a value is given for the variable '{name}', which the file does not declare{NearestName.Hint(name, variables.Keys)}"
                );
            }

            variables[name] = value;
        }

        return new WarehouseConfig(variables);
    }

    internal static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                WarehouseProject.ErrorCode,
                $"{path} cannot be read: {e.Message}",
                e
            );
        }
    }
}
