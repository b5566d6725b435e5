using Tidemark.Control.Findings;

namespace Tidemark.Control.Tests;

public abstract class FindingStoreTests(ControlFixture fixture) : IDisposable
{
    private readonly ControlFixture _fixture = fixture;

    public void Dispose()
    {
        _fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Replace_ASecondTime_KeepsWhenItWasSeenFirstAndDropsWhatIsMended()
    {
        await using var database = await _fixture.OpenAsync();
        var store = new FindingStore(database);
        var first = _fixture.Clock.UtcNow;
        await store.ReplaceAsync("calendar", [new Finding("a", "one"), new Finding("b", "two")], default);
        await store.ReplaceAsync("codes", [new Finding("a", "other")], default);
        _fixture.Clock.Advance(TimeSpan.FromDays(1));

        await store.ReplaceAsync("calendar", [new Finding("b", "changed"), new Finding("c", "new")], default);

        (await store.ListAsync(default)).ShouldBe([
            new StoredFinding("calendar", "b", "changed", first, first.AddDays(1)),
            new StoredFinding("calendar", "c", "new", first.AddDays(1), first.AddDays(1)),
            new StoredFinding("codes", "a", "other", first, first),
        ]);
    }

    [Fact]
    public async Task Replace_ByNothing_RemovesAllOfTheKind()
    {
        await using var database = await _fixture.OpenAsync();
        var store = new FindingStore(database);
        await store.ReplaceAsync("calendar", [new Finding("a", "one")], default);

        await store.ReplaceAsync("calendar", [], default);

        (await store.ListAsync(default)).ShouldBeEmpty();
    }
}

public sealed class SqliteFindingStoreTests() : FindingStoreTests(new SqliteFixture());

[Trait("Speed", "Slow")]
public sealed class PostgresFindingStoreTests() : FindingStoreTests(new PostgresFixture());
