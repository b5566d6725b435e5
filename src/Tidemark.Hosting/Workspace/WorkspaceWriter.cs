using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tidemark.Core.Errors;
using Tidemark.Lake.Storage;
using Tidemark.Vendors;

namespace Tidemark.Hosting.Workspace;

/// <summary>Writes a <c>tidemark.yaml</c> with every key present and explained.</summary>
public static partial class WorkspaceWriter
{
    private const string VendorSections = "«vendors»\n";
    private const int AboutColumn = 44;

    /// <summary>Makes <paramref name="folder"/> a workspace; returns the path of its file.</summary>
    /// <param name="folder">The folder; created when it does not exist.</param>
    /// <param name="values">
    /// Values that differ from the defaults, by dotted key (<c>vendors.tushare.url</c>); a list is written with commas.
    /// </param>
    /// <param name="vendors">The vendors that get a section.</param>
    /// <exception cref="TidemarkException">
    /// Code <c>WORKSPACE_EXISTS</c>: the folder is a workspace already and stays as it is. <c>WORKSPACE_UNWRITABLE</c>:
    /// the folder cannot be written. <c>PATH_UNSUPPORTED</c>: no lake can lie there.
    /// </exception>
    public static string Init(string folder, IReadOnlyDictionary<string, string> values, IReadOnlyList<IVendor> vendors)
    {
        var file = Path.Combine(LocalPaths.Readable(Path.GetFullPath(folder)), WorkspaceReader.FileName);
        var text = Render(values, vendors);
        if (File.Exists(file))
        {
            throw Exists(file);
        }

        var isMine = false;
        try
        {
            Directory.CreateDirectory(folder);
            // CreateNew fails if the file appears between the check and the write.
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
    public static string Render(IReadOnlyDictionary<string, string> values, IReadOnlyList<IVendor> vendors)
    {
        using var stream = typeof(WorkspaceWriter).Assembly.GetManifestResourceStream("tidemark.template.yaml")!;
        using var reader = new StreamReader(stream);
        var used = new HashSet<string>();
        var text = Placeholder()
            .Replace(
                reader.ReadToEnd().Replace(VendorSections, SectionsOf(vendors)),
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

    /// <summary>The vendors' sections, with the marks of the template.</summary>
    private static string SectionsOf(IReadOnlyList<IVendor> vendors)
    {
        var lines = new StringBuilder();
        foreach (var vendor in vendors)
        {
            lines.Append(CultureInfo.InvariantCulture, $"  {vendor.Name}:\n");
            foreach (var key in vendor.Keys)
            {
                var name = $"vendors.{vendor.Name}.{key.Name}";
                var value =
                    key.IsList ? $"[«{name}|{key.Default}»]"
                    : key.Entry is null ? $"«{name}|{key.Default}»"
                    : $"{{ {key.Entry}: «{name}.{key.Entry}|{key.Default}» }}";
                var line = $"    {key.Name}: {value}";
                var about = key.About.Length == 0 ? "" : $" # {key.About}";
                lines.Append(line).Append(' ', about.Length == 0 ? 0 : Math.Max(0, AboutColumn - 1 - Shown(line)));
                lines.Append(about).Append('\n');
            }
        }

        return lines.ToString();
    }

    /// <summary>The length of a line once the defaults replace its marks.</summary>
    private static int Shown(string line) => Placeholder().Replace(line, m => m.Groups["default"].Value).Length;

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
