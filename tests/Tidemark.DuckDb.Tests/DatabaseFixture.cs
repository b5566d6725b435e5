namespace Tidemark.DuckDb.Tests;

/// <summary>
/// One database in memory for a class of tests (opening one costs tens of milliseconds); a connection each test.
/// </summary>
public sealed class DatabaseFixture : IDisposable
{
    public DuckDbDatabase Database { get; } = DuckDbDatabase.Open();

    public void Dispose() => Database.Dispose();
}

/// <summary>A folder that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tidemark-duckdb-");

    public string File(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
