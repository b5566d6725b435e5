using Tidemark.Testing;

namespace Tidemark.Definitions.Tests;

/// <summary>The answer tables beside the checkout.</summary>
internal static class AnswerTables
{
    /// <summary>A file of them; skips the test on a machine without it.</summary>
    public static string File(params string[] path)
    {
        var file = SourceTree.Shared(path);
        Assert.SkipWhen(file is null, $"no answer table {string.Join('/', path)} beside the checkout");
        return file!;
    }
}
