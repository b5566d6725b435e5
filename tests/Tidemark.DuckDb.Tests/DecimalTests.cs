namespace Tidemark.DuckDb.Tests;

public sealed class DecimalTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public void SetDecimal_ExtremesOfEveryWidth_ReadBack()
    {
        for (byte width = 1; width <= 28; width++)
        {
            for (byte scale = 0; scale <= width; scale += 3)
            {
                var largest = decimal.Parse(new string('9', width)) / Power(scale);
                ShouldRoundTrip(width, scale, largest);
                ShouldRoundTrip(width, scale, -largest);
                ShouldRoundTrip(width, scale, 0m);
            }
        }
    }

    [Theory]
    [InlineData(38, 10, "7922816251426433759.3543950335")]
    [InlineData(38, 28, "1.0000000000000000000000000001")]
    [InlineData(38, 0, "-79228162514264337593543950335")]
    public void SetDecimal_AsLongAsDotNetGoes_ReadsBack(byte width, byte scale, string value) =>
        ShouldRoundTrip(width, scale, decimal.Parse(value));

    [Theory]
    [InlineData(4, 2, "100")] // fits the two bytes, not the four digits
    [InlineData(4, 2, "-100")]
    [InlineData(4, 2, "0.001")]
    [InlineData(9, 0, "1000000000")]
    [InlineData(18, 0, "1000000000000000000")]
    [InlineData(38, 20, "7922816251426433759354395033")]
    public void SetDecimal_TooLongForTheColumn_IsAnOverflow(byte width, byte scale, string value)
    {
        using var chunk = DataChunk.Create([ColumnType.Decimal(width, scale)]);

        Should.Throw<OverflowException>(() => chunk[0].SetDecimal(0, decimal.Parse(value)));
    }

    [Fact]
    public void Value_MoreDecimalsThanDotNetHas_ReadsWhatIsExactAndRefusesTheRest()
    {
        using var connection = fixture.Database.Connect();

        connection.Scalar("SELECT 1.5::DECIMAL(38,35)").ShouldBe(1.5m);
        connection.Scalar("SELECT -79228162514264337593543950335::DECIMAL(38,2)").ShouldBe(decimal.MinValue);
        Should
            .Throw<OverflowException>(() =>
                connection.Scalar("SELECT 0.00000000000000000000000000000000001::DECIMAL(38,35)")
            )
            .Message.ShouldContain("cast");
        Should.Throw<OverflowException>(() => connection.Scalar("SELECT repeat('9', 38)::DECIMAL(38,0)"));
    }

    private static decimal Power(int exponent)
    {
        var power = 1m;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }

    // What was set is read from the chunk itself, and again after DuckDB has compared it with its own reading of the
    // text.
    private void ShouldRoundTrip(byte width, byte scale, decimal value)
    {
        using var chunk = DataChunk.Create([ColumnType.Decimal(width, scale)]);
        chunk[0].SetDecimal(0, value);
        chunk[0].Value(0).ShouldBe(value, $"DECIMAL({width},{scale})");

        using var connection = fixture.Database.Connect();
        connection.Execute($"CREATE TEMP TABLE decimals (a DECIMAL({width},{scale}))");
        chunk.SetCount(1);
        using var appender = connection.CreateAppender(null, "decimals");
        appender.Append(chunk);
        appender.Flush();
        connection
            .Scalar($"SELECT a = '{value}'::DECIMAL({width},{scale}) FROM decimals")
            .ShouldBe(true, $"DECIMAL({width},{scale}) {value}");
    }
}
