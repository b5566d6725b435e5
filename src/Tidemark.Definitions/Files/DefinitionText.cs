using Tidemark.Core.Files;

namespace Tidemark.Definitions.Files;

/// <summary>The text of a definition file.</summary>
internal static class DefinitionText
{
    /// <summary>Null where the file cannot be read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fault">Why, and what to do.</param>
    public static string? TryRead(string path, out string? fault)
    {
        if (Directory.Exists(path))
        {
            fault = "is a folder, and a definition is a file. Rename the folder, or move it away.";
            return null;
        }

        try
        {
            fault = null;
            return DataFile.ReadText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault =
                $"cannot be read: {e.Message.TrimEnd('.')}. Correct the file, its owner or its permissions, or remove it.";
            return null;
        }
    }
}
