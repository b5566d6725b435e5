using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.Core.Yaml;

namespace Tidemark.Core.Definitions;

/// <summary>The text of a definition file.</summary>
public static class DefinitionText
{
    /// <param name="path">The file.</param>
    /// <param name="code">What faults of such files are called.</param>
    /// <exception cref="TidemarkException">It cannot be read; names it.</exception>
    public static string Read(string path, string code = YamlProblems.DefinitionInvalid)
    {
        try
        {
            return DataFile.ReadText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                code,
                $"{path} cannot be read: {e.Message.TrimEnd('.')}. Put the file right, its owner and its rights, or remove it.",
                e
            );
        }
    }
}
