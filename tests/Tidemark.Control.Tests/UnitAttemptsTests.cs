using Tidemark.Control.Runs;

namespace Tidemark.Control.Tests;

public abstract class UnitAttemptsTests(ControlFixture fixture) : IDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;
    private static readonly DateTimeOffset s_now = new(2024, 6, 12, 12, 0, 0, TimeSpan.Zero);
    private readonly ControlFixture _fixture = fixture;

    public void Dispose()
    {
        _fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    private static UnitAttempt Open(string day, int minutes, long attempts = 1) =>
        new(
            $"tushare.daily/{day}",
            attempts,
            attempts,
            s_now,
            s_now.AddMinutes(minutes),
            "2 of 4 expected are missing"
        );

    [Fact]
    public async Task Write_UnitsThatAreNotWhole_AreReadAsTheyWereAndCounted()
    {
        await using var database = await _fixture.OpenAsync();
        var attempts = new UnitAttempts(database);
        var givenUp = Open("2024-06-06", 0, attempts: 13) with { NextAt = null };
        UnitAttempt[] written = [givenUp, Open("2024-06-07", 60), Open("2024-06-11", 15)];

        await attempts.WriteAsync(written, [], s_none);

        (await attempts.AllAsync(s_none)).Values.ShouldBe(written);
        (await attempts.TotalsAsync(s_none)).ShouldBe(new AttemptTotals(2, 1, s_now.AddMinutes(15)));
        _fixture
            .Sql("select unit, state from unit_attempts order by unit")
            .ShouldBe([
                "tushare.daily/2024-06-06|given_up",
                "tushare.daily/2024-06-07|open",
                "tushare.daily/2024-06-11|open",
            ]);
    }

    [Fact]
    public async Task Write_LaterAttempt_ReplacesTheEarlierAndWhatIsOverIsGone()
    {
        await using var database = await _fixture.OpenAsync();
        var attempts = new UnitAttempts(database);
        await attempts.WriteAsync([Open("2024-06-07", 15), Open("2024-06-11", 15)], [], s_none);

        var second = Open("2024-06-11", 60, attempts: 2) with { Reason = "1 of 4 expected are missing" };
        await attempts.WriteAsync([second], ["tushare.daily/2024-06-07", "tushare.daily/2020-01-02"], s_none);

        (await attempts.AllAsync(s_none)).Values.ShouldBe([second]);
    }

    [Fact]
    public async Task Totals_OfNothing_AreZero()
    {
        await using var database = await _fixture.OpenAsync();

        (await new UnitAttempts(database).TotalsAsync(s_none)).ShouldBe(new AttemptTotals(0, 0, null));
    }
}

public sealed class SqliteUnitAttemptsTests() : UnitAttemptsTests(new SqliteFixture());

[Trait("Speed", "Slow")]
public sealed class PostgresUnitAttemptsTests() : UnitAttemptsTests(new PostgresFixture());
