namespace Tidemark.Vendors.Tests.Support;

/// <summary>Recordings that lie beside the repository on some machines.</summary>
internal static class SharedData
{
    /// <summary>The folder, or a skipped test where it is absent.</summary>
    public static string Folder(string name)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Tidemark.slnx")))
        {
            root = root.Parent;
        }

        var folder = Path.Combine(root?.FullName ?? ".", "..", "shared", "data", name);
        Assert.SkipUnless(Directory.Exists(folder), $"no recorded data at {folder}");
        return folder;
    }
}
