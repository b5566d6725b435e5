using Tidemark.Control.Answers;
using Tidemark.Core.Answers;

namespace Tidemark.Control.Tests;

/// <summary>An answer that is kept is given for its basis only, and a damaged one is none.</summary>
public abstract class AnswerStoreTests(ControlFixture fixture) : IDisposable
{
    private const string Question = "the days";
    private static readonly CancellationToken s_none = CancellationToken.None;

    private static readonly AnswerShape<string> s_shape = new(
        answer => new AnswerTable([
            [answer],
        ]),
        table => table.Rows[0][0]
    );

    private readonly ControlFixture _fixture = fixture;

    private int _asked;

    public void Dispose()
    {
        _fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Answer_SameBasis_IsAskedOnce()
    {
        await using var database = await _fixture.OpenAsync();

        (await AnswerAsync(new AnswerStore(() => database), "version 1")).ShouldBe("answer 1");
        (await AnswerAsync(new AnswerStore(() => database), "version 1")).ShouldBe("answer 1");
        _asked.ShouldBe(1);
    }

    [Fact]
    public async Task Answer_OtherBasis_IsAskedAgainAndTakesThePlaceOfTheFirst()
    {
        await using var database = await _fixture.OpenAsync();
        var store = new AnswerStore(() => database);
        await AnswerAsync(store, "version 1");

        (await AnswerAsync(store, "version 2")).ShouldBe("answer 2");
        (await AnswerAsync(store, "version 1")).ShouldBe("answer 3");
        _fixture.Sql("select count(*) from kept_answers").ShouldBe(["1"]);
    }

    [Theory]
    [InlineData("update kept_answers set answer = 'answer 9'")]
    [InlineData("update kept_answers set hash = ''")]
    [InlineData("update kept_answers set basis = 'version 0'")]
    [InlineData("delete from kept_answers")]
    public async Task Answer_DamagedOrGone_IsAskedAgainAndKept(string damage)
    {
        await using var database = await _fixture.OpenAsync();
        var store = new AnswerStore(() => database);
        await AnswerAsync(store, "version 1");
        _fixture.Sql(damage);

        (await AnswerAsync(store, "version 1")).ShouldBe("answer 2");
        (await AnswerAsync(store, "version 1")).ShouldBe("answer 2");
    }

    [Fact]
    public async Task Answer_NoControlDatabase_IsAskedEachTime()
    {
        await using var database = await _fixture.OpenAsync();
        var store = new AnswerStore(() => database);
        _fixture.Sql("drop table kept_answers");

        (await AnswerAsync(store, "version 1")).ShouldBe("answer 1");
        (await AnswerAsync(store, "version 1")).ShouldBe("answer 2");
    }

    private Task<string> AnswerAsync(IKeptAnswers kept, string basis) =>
        kept.OfAsync(Question, basis, s_shape, () => Task.FromResult($"answer {++_asked}"), s_none);
}

public sealed class SqliteAnswerStoreTests() : AnswerStoreTests(new SqliteFixture());

[Trait("Speed", "Slow")]
public sealed class PostgresAnswerStoreTests() : AnswerStoreTests(new PostgresFixture());
