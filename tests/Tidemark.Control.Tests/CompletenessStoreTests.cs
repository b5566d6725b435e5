using Tidemark.Control.Completeness;
using Tidemark.Core.Completeness;
using Tidemark.Core.Runs;

namespace Tidemark.Control.Tests;

public abstract class CompletenessStoreTests(ControlFixture fixture) : IDisposable
{
    private const Pool Scope = Pool.Universe;
    private const string Check = "source.stock.market.daily";

    private static readonly CancellationToken s_none = CancellationToken.None;
    private static readonly DateOnly s_day = new(2022, 6, 1);

    private readonly ControlFixture _fixture = fixture;

    public void Dispose()
    {
        _fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    private static EntityStatus Status(string entity, CellStatus status, string check = Check) =>
        new(check, "instrument", entity, "stock", "stock", "stock.market.daily", "stock", status, 0.5);

    private static CompletenessResults Results(
        IReadOnlyList<EntityStatus> statuses,
        IReadOnlyList<DayCount>? days = null,
        IReadOnlyList<DayRange>? ranges = null,
        params string[] checks
    ) => new(Scope, checks.Length == 0 ? [Check] : checks, s_day, "run-1", statuses, days ?? [], ranges ?? [], []);

    [Fact]
    public async Task Replace_ReadsBackStatusesDaysAndRanges()
    {
        await using var database = await _fixture.OpenAsync();
        var store = new CompletenessStore(database, _fixture.Ids);
        var range = new DayRange(Check, "a", s_day, s_day.AddDays(6), CellStatus.Complete, CellReason.None, 5);
        var suspended = new DayRange(
            Check,
            "a",
            s_day.AddDays(7),
            s_day.AddDays(7),
            CellStatus.NotApplicable,
            CellReason.Suspended,
            1
        );

        await store.ReplaceAsync(
            Results(
                [Status("a", CellStatus.Complete), Status("b", CellStatus.Missing)],
                [
                    new DayCount(Check, "stock", s_day, CellStatus.Complete, CellReason.None, 2),
                    new DayCount(Check, "stock", s_day.AddDays(1), CellStatus.Complete, CellReason.None, 1),
                    new DayCount(Check, "stock", s_day.AddDays(1), CellStatus.NotApplicable, CellReason.Suspended, 1),
                    new DayCount(Check, "etf", s_day.AddDays(1), CellStatus.Complete, CellReason.None, 9),
                ],
                [suspended, range]
            ),
            s_none
        );

        (await store.StatusesAsync(Scope, null, s_none)).ShouldBe([
            Status("a", CellStatus.Complete),
            Status("b", CellStatus.Missing),
        ]);
        (await store.StatusesAsync(Scope, "b", s_none)).ShouldBe([Status("b", CellStatus.Missing)]);
        (await store.RangesAsync(Scope, "a", s_none)).ShouldBe([range, suspended]);
        (await store.RangesAsync(Pool.Targets, "a", s_none)).ShouldBeEmpty();
        (await store.DaysAsync(new CompletenessFilter(CheckId: Check, To: s_day), s_none)).ShouldBe([
            new DayTotal(Scope, "stock", Check, s_day, CellStatus.Complete, CellReason.None, 2),
        ]);
        (await store.DaysAsync(new CompletenessFilter(From: s_day.AddDays(2)), s_none)).ShouldBeEmpty();
        var run = (await store.RunsAsync(1, s_none)).ShouldHaveSingleItem();
        (run.Status, run.Entities, run.Complete, run.Missing, run.SourceRunId).ShouldBe(("partial", 2, 1, 1, "run-1"));
    }

    [Fact]
    public async Task Replace_EntityThatLeft_IsRemovedWithATrace()
    {
        await using var database = await _fixture.OpenAsync();
        var store = new CompletenessStore(database, _fixture.Ids);
        await store.ReplaceAsync(
            Results([Status("a", CellStatus.Complete), Status("gone", CellStatus.Missing)]),
            s_none
        );
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));

        var outcome = await store.ReplaceAsync(
            Results([Status("a", CellStatus.Complete), Status("new", CellStatus.Complete)]),
            s_none
        );

        outcome.LeftEntities.ShouldBe(["gone"]);
        (await store.StatusesAsync(Scope, null, s_none)).Select(status => status.EntityId).ShouldBe(["a", "new"]);
        var run = (await store.RunsAsync(1, s_none))[0];
        run.Id.ShouldBe(outcome.RunId);
        run.Status.ShouldBe("success");
        run.ErrorMessage.ShouldBe("1 entities left and were removed");
    }

    [Fact]
    public async Task Replace_OneCheck_LeavesTheOthers()
    {
        await using var database = await _fixture.OpenAsync();
        var store = new CompletenessStore(database, _fixture.Ids);
        await store.ReplaceAsync(
            Results(
                [Status("a", CellStatus.Complete), Status("a", CellStatus.Missing, "other")],
                checks: [Check, "other"]
            ),
            s_none
        );

        await store.ReplaceAsync(Results([], checks: [Check]), s_none);

        (await store.StatusesAsync(Scope, null, s_none)).ShouldBe([Status("a", CellStatus.Missing, "other")]);
    }

    [Fact]
    public async Task Replace_ThatFails_LeavesTheOldResults()
    {
        await using var database = await _fixture.OpenAsync();
        var store = new CompletenessStore(database, _fixture.Ids);
        await store.ReplaceAsync(Results([Status("a", CellStatus.Complete)]), s_none);

        await Should.ThrowAsync<Exception>(() =>
            store.ReplaceAsync(Results([Status("b", CellStatus.Complete), Status("b", CellStatus.Missing)]), s_none)
        );

        (await store.StatusesAsync(Scope, null, s_none)).ShouldBe([Status("a", CellStatus.Complete)]);
        await store.RecordFailureAsync(Scope, s_day, null, "broken", s_none);
        (await store.RunsAsync(5, s_none)).Select(run => run.Status).Order().ShouldBe(["failed", "success"]);
    }

    /// <summary>
    /// More rows than one statement takes, twice: the second replacement deletes as many as it inserts.
    /// </summary>
    [Fact]
    public async Task Replace_FortyThousandRanges_LeavesTheLatestOnly()
    {
        await using var database = await _fixture.OpenAsync();
        var store = new CompletenessStore(database, _fixture.Ids);
        var statuses = Enumerable.Range(0, 5400).Select(i => Status($"{i:D6}.SZ", CellStatus.Complete)).ToList();

        foreach (var (first, status) in new[] { (0, CellStatus.Missing), (100, CellStatus.Complete) })
        {
            var ranges = Enumerable
                .Range(first, 40_000)
                .Select(i => new DayRange(
                    Check,
                    $"{i / 8:D6}.SZ",
                    s_day.AddDays(i % 8),
                    s_day.AddDays(i % 8),
                    status,
                    CellReason.None,
                    1
                ))
                .ToList();
            await store.ReplaceAsync(Results(statuses, [], ranges), s_none);
        }

        (await store.StatusesAsync(Scope, null, s_none)).Count.ShouldBe(5400);
        (await store.RangesAsync(Scope, "000012.SZ", s_none)).ShouldAllBe(range => range.Status == CellStatus.Complete);
        (await store.RangesAsync(Scope, "000012.SZ", s_none)).Count.ShouldBe(4);
        (await store.RangesAsync(Scope, "000000.SZ", s_none)).ShouldBeEmpty();
        (await store.RangesAsync(Scope, "005012.SZ", s_none)).Count.ShouldBe(4);
    }
}

public sealed class SqliteCompletenessStoreTests() : CompletenessStoreTests(new SqliteFixture());

[Trait("Speed", "Slow")]
public sealed class PostgresCompletenessStoreTests() : CompletenessStoreTests(new PostgresFixture());
