using System.Text.RegularExpressions;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;

namespace Tidemark.Operations.Definitions;

/// <summary>A field as the vendor's page has it.</summary>
/// <param name="Name">The vendor's name.</param>
/// <param name="Type">The vendor's word: <c>str</c>, <c>float</c>, <c>int</c>, <c>None</c> …</param>
internal sealed record PageField(string Name, string Type);

/// <summary>What a page of the vendor says of a call.</summary>
/// <param name="File">The page.</param>
/// <param name="Fields">The fields of its answer, in its order.</param>
internal sealed record VendorPage(string File, IReadOnlyList<PageField> Fields);

/// <summary>
/// The vendor's own pages in Markdown, in a folder and those below it. A page names its call behind 接口, and lists the
/// fields of an answer in the table below 输出参数, as the pages that https://tushare.pro serves as
/// <c>wctapi/documents/ID.md</c> do.
/// </summary>
internal sealed partial class VendorPages
{
    private readonly SortedDictionary<string, VendorPage> _pages;

    private VendorPages(SortedDictionary<string, VendorPage> pages) => _pages = pages;

    /// <summary>The calls that have a page, in order.</summary>
    public IEnumerable<string> Apis => _pages.Keys;

    /// <exception cref="TidemarkException">
    /// Code <c>PAGES_MISSING</c>: the folder cannot be read, or has no page of a call.
    /// </exception>
    public static VendorPages In(string folder)
    {
        var pages = new SortedDictionary<string, VendorPage>(StringComparer.Ordinal);
        try
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories).Order())
            {
                var text = DataFile.ReadText(file);
                if (Api().Match(text) is { Success: true } api && FieldsOf(text) is { Count: > 0 } fields)
                {
                    pages.TryAdd(api.Groups["api"].Value, new VendorPage(file, fields));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Missing(folder, e.Message.TrimEnd('.'));
        }

        return pages.Count > 0 ? new VendorPages(pages) : throw Missing(folder, "none names a call and its fields");
    }

    /// <summary>The page of a call; null when there is none.</summary>
    public VendorPage? Find(string api) => _pages.GetValueOrDefault(api);

    private static List<PageField> FieldsOf(string text)
    {
        var fields = new List<PageField>();
        if (Output().Match(text) is not { Success: true } output)
        {
            return fields;
        }

        var isTable = false;
        foreach (var line in text[(output.Index + output.Length)..].Split('\n'))
        {
            var cells = line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length < 2)
            {
                if (isTable)
                {
                    break;
                }

                continue; // blank lines and remarks before it
            }

            // The head and the line below it are no fields: names of fields are plain words.
            if (isTable && Word().IsMatch(cells[0]))
            {
                fields.Add(new PageField(cells[0], cells[1]));
            }

            isTable = true;
        }

        return fields;
    }

    private static TidemarkException Missing(string folder, string why) =>
        new(
            ErrorKind.BadRequest,
            "PAGES_MISSING",
            $"There are no pages of calls in {folder}: {why}. Give a folder with the vendor's documentation in Markdown, a page a call."
        );

    [GeneratedRegex(@"接口(?:名称)?\s*[：:]\s*`?(?<api>[a-z][a-z0-9_]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Api();

    [GeneratedRegex(@"输出(?:参数|指标)", RegexOptions.CultureInvariant)]
    private static partial Regex Output();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
