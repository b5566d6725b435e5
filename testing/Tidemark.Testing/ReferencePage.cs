using System.Diagnostics.CodeAnalysis;

namespace Tidemark.Testing;

/// <summary>
/// The part of a page in docs/reference that is generated, between two marks. With <c>TIDEMARK_WRITE_REFERENCE=1</c>
/// (<c>build/reference</c>) asking for it writes it first.
/// </summary>
[SuppressMessage("ApiDesign", "RS0030", Justification = "A page of the checkout, which is a file.")]
public static class ReferencePage
{
    private const string Begin = "<!-- keys: written by build/reference -->\n\n";
    private const string End = "\n<!-- end of keys -->";

    /// <summary>What stands between the marks.</summary>
    /// <param name="name">The page's file name.</param>
    /// <param name="generated">What should stand there.</param>
    public static string Keys(string name, string generated)
    {
        var file = Path.Combine(SourceTree.Root, "docs", "reference", name);
        var page = File.ReadAllText(file);
        var begin = page.IndexOf(Begin, StringComparison.Ordinal);
        var end = page.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new InvalidOperationException($"{file} lacks the marks around its keys");
        }

        begin += Begin.Length;
        if (Environment.GetEnvironmentVariable("TIDEMARK_WRITE_REFERENCE") == "1")
        {
            File.WriteAllText(file, page[..begin] + generated + page[end..]);
            return generated;
        }

        return page[begin..end];
    }
}
