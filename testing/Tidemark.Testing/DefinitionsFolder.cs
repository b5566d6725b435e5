namespace Tidemark.Testing;

/// <summary>A test's own folder of dataset definitions, empty or a copy of the shipped ones.</summary>
public sealed class DefinitionsFolder : IDisposable
{
    private DefinitionsFolder() { }

    public string Path { get; } = Directory.CreateTempSubdirectory("tidemark-datasets-").FullName;

    /// <summary><c>definitions/datasets</c> of the repository.</summary>
    public static string Shipped { get; } = System.IO.Path.Combine(SourceTree.Root, "definitions", "datasets");

    public static DefinitionsFolder Empty() => new();

    public static DefinitionsFolder CopyOfShipped()
    {
        var copy = new DefinitionsFolder();
        foreach (var file in Directory.GetFiles(Shipped))
        {
            File.Copy(file, System.IO.Path.Combine(copy.Path, System.IO.Path.GetFileName(file)));
        }

        return copy;
    }

    public DefinitionsFolder With(string name, string text)
    {
        File.WriteAllText(System.IO.Path.Combine(Path, name), text);
        return this;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
