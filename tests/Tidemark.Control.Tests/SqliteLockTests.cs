using Microsoft.Data.Sqlite;
using Tidemark.Control.Settings;

namespace Tidemark.Control.Tests;

/// <summary>Another process has the file for as long as it likes, up to half a minute.</summary>
public sealed class SqliteLockTests : IDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly SqliteFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Write_FileThatAnotherHasLocked_WaitsUntilItIsFree()
    {
        await using var database = await _fixture.OpenAsync();
        var meta = new MarketMeta(database);
        await using var other = new SqliteConnection($"Data Source={_fixture.File};Pooling=False");
        await other.OpenAsync(s_none);
        await using var holding = other.BeginTransaction(deferred: false);

        // SQLite waits on the thread that asks.
        var writing = Task.Run(() => meta.SetAsync(new Dictionary<string, string> { ["k"] = "v" }, s_none));
        // It has waited for longer than SQLite itself would, so that it is the repetitions that are seen.
        var first = await Task.WhenAny(writing, Task.Delay(TimeSpan.FromSeconds(7), TimeProvider.System, s_none));
        first.ShouldNotBe(writing);
        (await meta.ListAsync(s_none)).ShouldBeEmpty("readers do not wait");
        await holding.CommitAsync(s_none);

        await writing;
        _fixture.Sql("select key, value from market_meta").ShouldBe(["k|v"]);
    }
}
