namespace Tidemark.DuckDb.Tests;

public sealed class ErrorTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    [Theory]
    [InlineData("SELEKT 1", "syntax error")]
    [InlineData("SELECT * FROM nowhere", "Table with name nowhere does not exist")]
    [InlineData("SELECT 'x'::INTEGER", "Could not convert string 'x' to INT32")]
    public void Query_FailingStatement_CarriesTheSqlAndDuckDbsWords(string sql, string words)
    {
        using var connection = fixture.Database.Connect();

        var error = Should.Throw<DuckDbException>(() => connection.Query(sql));

        error.Sql.ShouldBe(sql);
        error.EngineMessage.ShouldContain(words);
        error.Message.ShouldContain(words);
        error.Message.ShouldContain(sql);
        connection.Scalar("SELECT 1").ShouldBe(1L);
    }

    [Fact]
    public void Prepare_FailingStatement_CarriesTheSqlAndDuckDbsWords()
    {
        using var connection = fixture.Database.Connect();

        var error = Should.Throw<DuckDbException>(() => connection.Prepare("SELECT $1 FROM nowhere"));

        error.Sql.ShouldBe("SELECT $1 FROM nowhere");
        error.EngineMessage.ShouldContain("nowhere does not exist");
    }

    [Fact]
    public void Execute_PreparedStatementThatFails_CarriesTheSql()
    {
        using var connection = fixture.Database.Connect();

        var error = Should.Throw<DuckDbException>(() =>
            connection.Query("SELECT $1::VARCHAR::INTEGER", CancellationToken.None, "x")
        );

        error.Sql.ShouldBe("SELECT $1::VARCHAR::INTEGER");
        error.EngineMessage.ShouldContain("Could not convert string 'x'");
    }

    [Fact]
    public void Message_VeryLongStatement_IsShortenedThere()
    {
        using var connection = fixture.Database.Connect();
        var sql = $"SELECT '{new string('x', 100_000)}' FROM nowhere";

        var error = Should.Throw<DuckDbException>(() => connection.Query(sql));

        error.Sql.ShouldBe(sql);
        error.Message.Length.ShouldBeLessThan(10_000);
    }

    [Fact]
    public void CreateAppender_UnknownTable_NamesIt()
    {
        using var connection = fixture.Database.Connect();

        Should
            .Throw<DuckDbException>(() => connection.CreateAppender(null, "nowhere"))
            .Message.ShouldContain("nowhere");
    }

    [Fact]
    public void Append_ChunkOfAnotherShape_NamesTheTable()
    {
        using var connection = fixture.Database.Connect();
        connection.Execute("CREATE TEMP TABLE shaped (a INTEGER, b INTEGER)");
        using var chunk = DataChunk.Create([ColumnType.BigInt]);
        chunk.SetCount(1);
        using var appender = connection.CreateAppender(null, "shaped");

        Should.Throw<DuckDbException>(() => appender.Append(chunk)).Message.ShouldStartWith("Appending to shaped: ");
    }

    [Fact]
    public void Flush_ConstraintViolated_SaysWhichAndAppendsNothing()
    {
        using var connection = fixture.Database.Connect();
        connection.Execute("CREATE TEMP TABLE keyed (a BIGINT PRIMARY KEY)");
        using (var chunk = DataChunk.Create([ColumnType.BigInt]))
        using (var appender = connection.CreateAppender(null, "keyed"))
        {
            chunk[0].Values<long>(3).Fill(7);
            chunk.SetCount(3);
            appender.Append(chunk);

            Should.Throw<DuckDbException>(appender.Flush).Message.ShouldContain("7");
        }

        connection.Scalar("SELECT count(*) FROM keyed").ShouldBe(0L);
    }

    [Fact]
    public void Dispose_AppenderThatWasNotFlushed_DiscardsWhatCameAfterTheLastFlush()
    {
        using var connection = fixture.Database.Connect();
        connection.Execute("CREATE TEMP TABLE flushed (a BIGINT)");
        using (var chunk = DataChunk.Create([ColumnType.BigInt]))
        using (var appender = connection.CreateAppender(null, "flushed"))
        {
            chunk.SetCount(5);
            appender.Append(chunk);
            appender.Flush();
            appender.Append(chunk);
        }

        connection.Scalar("SELECT count(*) FROM flushed").ShouldBe(5L);
    }
}
