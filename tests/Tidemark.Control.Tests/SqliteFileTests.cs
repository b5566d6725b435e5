using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;

namespace Tidemark.Control.Tests;

/// <summary>What only a file can be, and what only SQLite does.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly SqliteFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Open_NewFile_LetsReadersReadWhileSomebodyWrites()
    {
        await using var database = await _fixture.OpenAsync();

        _fixture.Sql("pragma journal_mode").ShouldBe(["wal"]);
    }

    // As after a full disk, which cannot be had here: SQLite ends the transaction by itself, and there is nothing to
    // roll back.
    [Fact]
    public async Task Write_TransactionThatSqliteEndsItself_TellsWhatWentWrong()
    {
        await using var database = await _fixture.OpenAsync();
        _fixture.Sql(
            "create trigger ends_it before insert on ingest_runs begin select raise(rollback, 'no room is left'); end"
        );

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            new RunStore(database, _fixture.Ids).StartAsync(new RunStart(Pool.Universe, RunMode.Manual, null), s_none)
        );

        error.Message.ShouldContain("no room is left");
    }

    [Fact]
    public async Task Open_FileThatIsNoDatabase_SaysSoAndLeavesIt()
    {
        var text = new string('x', 4096);
        await File.WriteAllTextAsync(_fixture.File, text);

        var error = await Should.ThrowAsync<TidemarkException>(_fixture.OpenAsync);

        error.Code.ShouldBe("CONTROL_UNREADABLE");
        error.Message.ShouldContain("it is not a SQLite database");
        (await File.ReadAllTextAsync(_fixture.File)).ShouldBe(text);
    }

    [Fact]
    public async Task Open_FolderInsteadOfFile_SaysWhatToCheck()
    {
        Directory.CreateDirectory(_fixture.File);

        var error = await Should.ThrowAsync<TidemarkException>(_fixture.OpenAsync);

        error.Code.ShouldBe("CONTROL_UNREADABLE");
        error.Message.ShouldContain("correct 'control' in tidemark.yaml");
    }
}
