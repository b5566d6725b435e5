namespace Tidemark.Hosting.Workspace;

/// <summary>A local path (absolute) or a URL. Its text shows no password; <see cref="Value"/> has it.</summary>
public sealed record StoreLocation(string Value)
{
    public bool IsUrl => Value.Contains("://", StringComparison.Ordinal);

    /// <summary>The scheme of a URL, else <c>file</c>.</summary>
    public string Scheme => IsUrl ? Value[..Value.IndexOf("://", StringComparison.Ordinal)] : "file";

    /// <summary>The absolute local path.</summary>
    /// <exception cref="InvalidOperationException">It is a URL; ask <see cref="IsUrl"/> first.</exception>
    public string Path => IsUrl ? throw new InvalidOperationException($"{this} is not a local path") : Value;

    public override string ToString()
    {
        if (!IsUrl)
        {
            return Value;
        }

        var host = Value.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = Value.IndexOfAny(['/', '?'], host) is var slash and >= 0 ? slash : Value.Length;
        // Take the last @ before the path, because a password may contain one.
        var at = Value.LastIndexOf('@', end - 1);
        // Parameters may hold one, too.
        var shown = Value.IndexOf('?', end) is var query and >= 0 ? query : Value.Length;
        return at < host ? Value[..shown] : $"{Value[..host]}***@{Value[(at + 1)..shown]}";
    }
}
