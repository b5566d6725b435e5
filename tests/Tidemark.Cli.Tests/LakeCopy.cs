namespace Tidemark.Cli.Tests;

/// <summary>
/// A workspace of a test's own, as <see cref="SmallLake"/> is. The machine's clock: what waits for a query's time does
/// so by it.
/// </summary>
internal sealed class LakeCopy : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("tidemark-copy-").FullName;

    public string At(string path) => Path.Combine(Folder, path);

    /// <summary>The first data file of a table.</summary>
    public string Data(string table) =>
        Directory.GetFiles(At($"lake/{table}"), "*.parquet", SearchOption.AllDirectories).Order().First();

    public Task<Answer> RunAsync(params string[] arguments) =>
        new CommandLine(Folder, TimeProvider.System).RunAsync(arguments);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
