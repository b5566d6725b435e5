using Tidemark.Core.Errors;

namespace Tidemark.Core.Secrets;

/// <summary>
/// A secret that the workspace's file names, read when it is needed. So a workspace whose secrets are not set still
/// serves commands that need none, and a missing one is an error with its name, never an empty string. Its text is
/// always <c>***</c>.
/// </summary>
/// <param name="key">The key in the workspace's file, for messages.</param>
/// <param name="overrideName">The environment variable that overrides the key.</param>
/// <param name="value">The secret; null where it is not configured or a variable of it is not set.</param>
/// <param name="missing">The environment variables that the file names and nobody has set.</param>
public sealed class SecretReference(string key, string overrideName, string? value, IReadOnlyList<string> missing)
{
    /// <summary>Whether <see cref="Read"/> would succeed.</summary>
    public bool IsAvailable => value is not null;

    /// <summary>
    /// What to do where it is not available, as the workspace file has it; a sentence without its end.
    /// </summary>
    public string HowToSet =>
        missing.Count == 0
            ? $"Set `{key}` in tidemark.yaml"
            : $"Set the environment variable {string.Join(", ", missing)}";

    /// <summary>The secret.</summary>
    /// <exception cref="TidemarkException">
    /// Code <c>SECRET_MISSING</c>: not configured, or its environment variable is not set.
    /// </exception>
    public string Read() =>
        value
        ?? throw new TidemarkException(
            ErrorKind.Configuration,
            "SECRET_MISSING",
            (
                missing.Count == 0
                    ? $"'{key}' is not configured. Set it in tidemark.yaml"
                    : $"'{key}' needs the environment variable {string.Join(", ", missing)}, which is not set. Set it"
            ) + $", or in the environment as {overrideName}."
        );

    public override string ToString() => "***";
}
