using Tidemark.Testing;

namespace Tidemark.Vendors.Tests.Support;

/// <summary>Recordings that lie beside the repository on some machines.</summary>
internal static class SharedData
{
    /// <summary>The folder, or a skipped test where it is absent.</summary>
    public static string Folder(string name)
    {
        var folder = SourceTree.Shared(name);
        Assert.SkipWhen(folder is null, $"no recorded data {name} beside the checkout");
        return folder!;
    }
}
