using System.Security.Cryptography;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;

namespace Tidemark.Lake.Tests.Queries;

/// <summary>A lake of a few rows with a catalog, opened as <c>tidemark sql</c> opens it.</summary>
public sealed class FencedCatalog : IAsyncLifetime
{
    private readonly LakeFixture _lake = new();

    internal CatalogReader Reader { get; private set; } = null!;

    internal DuckDbConnection Connection => Reader.Connection;

    public string Folder => _lake.Folder;

    public async ValueTask InitializeAsync()
    {
        await _lake.CommitAsync("unit/1", LakeFixture.Day, ("A", 1.5), ("B", 2.5));
        Reader = await OpenAsync();
    }

    /// <summary>The same catalog, opened once more.</summary>
    internal async Task<CatalogReader> OpenAsync()
    {
        var catalog = new CatalogFile(Path.Combine(_lake.Folder, "catalog.duckdb"), _lake.Lake);
        await catalog.RefreshAsync(default);
        return await catalog.OpenAsync(new DuckDbSettings(Threads: 1, MemoryLimit: "256MB"), "", default);
    }

    /// <summary>What lies below the lake's folder: every name with its bytes.</summary>
    public string Fingerprint()
    {
        var files = Directory
            .EnumerateFileSystemEntries(_lake.Folder, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(f => $"{f} {(File.Exists(f) ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f))) : "")}");
        return string.Join('\n', files);
    }

    /// <summary>
    /// Judges a text and runs what was accepted; the code of what refused it, <c>ENGINE</c> for an error of the engine,
    /// null when it ran.
    /// </summary>
    internal string? Try(string sql) => Try(Connection, sql);

    internal static string? Try(DuckDbConnection connection, string sql)
    {
        try
        {
            var query = QueryJudge.Judge(connection, sql);
            using var statement = connection.PrepareOnly(query.Statement)!;
            statement.Kind.ShouldBeOneOf(StatementKind.Select, StatementKind.Explain);
            using var rows = statement.Stream(CancellationToken.None);
            for (var chunks = 0; chunks < 4 && rows.NextChunk() is not null; chunks++) { }

            return null;
        }
        catch (TidemarkException e)
        {
            return e.Code;
        }
        catch (DuckDbException)
        {
            return "ENGINE";
        }
    }

    public ValueTask DisposeAsync()
    {
        Reader.Dispose();
        _lake.Dispose();
        return ValueTask.CompletedTask;
    }
}
