namespace Tidemark.DuckDb.Tests;

public sealed class StatementTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    public static TheoryData<object?, string, object?> Parameters =>
        new()
        {
            { null, "\"NULL\"", null },
            { "", "VARCHAR", "" },
            { "it's 文", "VARCHAR", "it's 文" },
            { "a\0b", "VARCHAR", "a\0b" },
            { true, "BOOLEAN", true },
            { 42, "BIGINT", 42L },
            { long.MinValue, "BIGINT", long.MinValue },
            { 0.1, "DOUBLE", 0.1 },
            { 12.340m, "DECIMAL(38,3)", 12.340m },
            { -79228162514264337593543950335m, "DECIMAL(38,0)", decimal.MinValue },
            { new DateOnly(2022, 6, 1), "DATE", new DateOnly(2022, 6, 1) },
            {
                new DateTime(2022, 6, 1, 9, 30, 0).AddTicks(10),
                "TIMESTAMP",
                new DateTime(2022, 6, 1, 9, 30, 0).AddTicks(10)
            },
            {
                new DateTimeOffset(2022, 6, 1, 9, 30, 0, TimeSpan.FromHours(8)),
                "TIMESTAMP",
                new DateTime(2022, 6, 1, 1, 30, 0)
            },
        };

    [Theory]
    [MemberData(nameof(Parameters))]
    public void Bind_EachSupportedType_ArrivesTyped(object? value, string type, object? expected)
    {
        using var connection = fixture.Database.Connect();

        using var result = connection.Query("SELECT typeof($1), $1", TestContext.Current.CancellationToken, value);

        result.Rows().Single().ShouldBe([type, expected]);
    }

    [Fact]
    public void Bind_WrongNumberOfValues_NamesBothNumbersAndTheStatement()
    {
        using var connection = fixture.Database.Connect();
        using var statement = connection.Prepare("SELECT $1, $2");

        statement.ParameterCount.ShouldBe(2);
        var error = Should.Throw<ArgumentException>(() => statement.Bind(1));
        error.Message.ShouldContain("2 parameters, 1 values");
        error.Message.ShouldContain("SELECT $1, $2");
    }

    [Fact]
    public void Bind_UnsupportedType_NamesIt()
    {
        using var connection = fixture.Database.Connect();
        using var statement = connection.Prepare("SELECT $1");

        Should
            .Throw<ArgumentException>(() => statement.Bind(new object?[] { new Version(1, 0) }))
            .Message.ShouldContain("System.Version");
    }

    [Fact]
    public void Execute_SameStatementTwice_UsesTheLatestValues()
    {
        using var connection = fixture.Database.Connect();
        using var statement = connection.Prepare("SELECT $1::INTEGER + 1");

        foreach (var value in new[] { 1, 41 })
        {
            statement.Bind(value);
            using var result = statement.Execute();
            result.Rows().Single().ShouldBe([value + 1L]);
        }
    }

    [Fact]
    public void Execute_ChangingStatements_ReportRowsChanged()
    {
        using var connection = fixture.Database.Connect();
        connection.Execute("CREATE TEMP TABLE changed (a INTEGER)");

        connection.Execute("INSERT INTO changed SELECT * FROM range(10)").ShouldBe(10);
        connection.Execute("DELETE FROM changed WHERE a < $1", CancellationToken.None, 4).ShouldBe(4);
        connection.Scalar("SELECT count(*) FROM changed").ShouldBe(6L);
    }

    [Fact]
    public void Query_SeveralStatements_GivesTheRowsOfTheLast()
    {
        using var connection = fixture.Database.Connect();

        connection
            .Scalar(
                "CREATE TEMP TABLE several AS SELECT 1 AS a; INSERT INTO several VALUES (2); SELECT sum(a) FROM several"
            )
            .ShouldBe((Int128)3);
    }

    [Fact]
    public void Scalar_NoRowOrNull_IsNull()
    {
        using var connection = fixture.Database.Connect();

        connection.Scalar("SELECT 1 WHERE false").ShouldBeNull();
        connection.Scalar("SELECT NULL").ShouldBeNull();
    }
}
