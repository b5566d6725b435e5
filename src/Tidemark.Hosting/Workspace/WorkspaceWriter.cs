using System.Text;
using System.Text.RegularExpressions;
using Tidemark.Core.Errors;
using Tidemark.Lake.Storage;

namespace Tidemark.Hosting.Workspace;

/// <summary>Writes a <c>tidemark.yaml</c> with every key present and explained.</summary>
public static partial class WorkspaceWriter
{
    /// <summary>Makes <paramref name="folder"/> a workspace; returns the path of its file.</summary>
    /// <param name="folder">Made when it is not there.</param>
    /// <param name="values">
    /// Values that differ from the defaults, by dotted key (<c>vendors.tushare.url</c>); a list is written with commas.
    /// Null = none.
    /// </param>
    /// <exception cref="TidemarkException">
    /// Code <c>WORKSPACE_EXISTS</c>: there is one already, and it is left as it is. <c>WORKSPACE_UNWRITABLE</c>: the
    /// folder refuses. <c>PATH_UNSUPPORTED</c>: no lake can lie there.
    /// </exception>
    public static string Init(string folder, IReadOnlyDictionary<string, string>? values = null)
    {
        var file = Path.Combine(LocalPaths.Readable(Path.GetFullPath(folder)), WorkspaceReader.FileName);
        var text = Render(values ?? new Dictionary<string, string>());
        if (File.Exists(file))
        {
            throw Exists(file);
        }

        var isMine = false;
        try
        {
            Directory.CreateDirectory(folder);
            // CreateNew closes the gap between the look and the write.
            using var stream = new FileStream(
                file,
                FileMode.CreateNew,
                FileAccess.Write,
                FileShare.Read,
                bufferSize: 0
            );
            isMine = true;
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (isMine)
            {
                File.Delete(file); // half a workspace would count as one with every default
            }

            throw !isMine && File.Exists(file)
                ? Exists(file)
                : new TidemarkException(
                    ErrorKind.Storage,
                    "WORKSPACE_UNWRITABLE",
                    $"{file} cannot be written: {error.Message} Check the folder's owner and the disk, or choose another folder.",
                    error
                );
        }

        return file;
    }

    /// <summary>The text that <see cref="Init"/> writes.</summary>
    public static string Render(IReadOnlyDictionary<string, string> values)
    {
        using var stream = typeof(WorkspaceWriter).Assembly.GetManifestResourceStream("tidemark.template.yaml")!;
        using var reader = new StreamReader(stream);
        var used = new HashSet<string>();
        var text = Placeholder()
            .Replace(
                reader.ReadToEnd(),
                match =>
                {
                    var key = match.Groups["key"].Value;
                    used.Add(key);
                    var isList = match.Groups["list"].Success;
                    return values.TryGetValue(key, out var value) ? Spell(value, isList)
                        : isList ? $"[{match.Groups["default"].Value}]"
                        : match.Groups["default"].Value;
                }
            );
        return values.Keys.FirstOrDefault(key => !used.Contains(key)) is { } unknown
            ? throw new ArgumentException($"'{unknown}' is no key of the workspace template", nameof(values))
            : text;
    }

    private static string Spell(string value, bool isList) =>
        isList
            ? $"[{string.Join(", ", value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Quote))}]"
            : Quote(value);

    private static string Quote(string value) =>
        Harmless().IsMatch(value)
            ? value
            : $"\"{value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"";

    private static TidemarkException Exists(string file) =>
        new(
            ErrorKind.Configuration,
            "WORKSPACE_EXISTS",
            $"{file} is there already and was left as it is. Edit it, or choose another folder."
        );

    // «key|default», or [«key|default»] for a list.
    [GeneratedRegex(@"(?<list>\[)?«(?<key>[a-z0-9_.]+)\|(?<default>[^»]*)»\]?", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^[A-Za-z0-9.][A-Za-z0-9_./%-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Harmless();
}
