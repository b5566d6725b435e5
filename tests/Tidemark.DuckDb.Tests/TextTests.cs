using System.Text;

namespace Tidemark.DuckDb.Tests;

public sealed class TextTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    public static TheoryData<int> Lengths => [0, 1, 4, 11, 12, 13, 15, 16, 17, 255, 4096, 300_000];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void SetText_AnyLength_ReadsBackByteForByte(int length)
    {
        var text = Enumerable.Range(0, length).Select(i => (byte)('a' + (i % 26))).ToArray();
        using var connection = fixture.Database.Connect();
        connection.Execute("CREATE TEMP TABLE texts (a VARCHAR)");
        using var chunk = DataChunk.Create([ColumnType.Varchar]);
        chunk[0].SetText(0, text);
        chunk.SetCount(1);
        chunk[0].Text(0).SequenceEqual(text).ShouldBeTrue();
        using var appender = connection.CreateAppender(null, "texts");
        appender.Append(chunk);
        appender.Flush();

        using var result = connection.Query("SELECT a, strlen(a) FROM texts");
        var read = result.NextChunk().ShouldNotBeNull();

        read[0].Text(0).SequenceEqual(text).ShouldBeTrue();
        read[1].Value(0).ShouldBe((long)length);
    }

    [Fact]
    public void SetTexts_OneBuffer_GivesEachRowItsPart()
    {
        string[] texts = ["", "600519.SH", "贵州茅台酒股份", "exactly12byt", "thirteen byte", ""];
        var utf8 = Encoding.UTF8.GetBytes(string.Concat(texts));
        var offsets = new int[texts.Length + 1];
        for (var i = 0; i < texts.Length; i++)
        {
            offsets[i + 1] = offsets[i] + Encoding.UTF8.GetByteCount(texts[i]);
        }

        using var chunk = DataChunk.Create([ColumnType.Varchar]);
        chunk[0].SetTexts(utf8, offsets);

        Enumerable.Range(0, texts.Length).Select(row => chunk[0].Value(row)).ShouldBe(texts);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    public void SetText_BytesThatAreNotUtf8_AreRefusedAndNeverBecomeNull(int length)
    {
        var bytes = Enumerable.Repeat((byte)'a', length).ToArray();
        bytes[1] = 0xFF;
        using var chunk = DataChunk.Create([ColumnType.Varchar]);

        Should.Throw<DuckDbException>(() => chunk[0].SetText(0, bytes)).Message.ShouldContain("UTF-8");
        Should.Throw<DuckDbException>(() => chunk[0].SetTexts(bytes, [0, length])).Message.ShouldContain("row 0");
    }

    [Fact]
    public void SetTexts_RowThatEndsWithinACharacter_IsRefused()
    {
        using var chunk = DataChunk.Create([ColumnType.Varchar]);

        var error = Should.Throw<DuckDbException>(() => chunk[0].SetTexts("a文b"u8, [0, 2, 5]));

        error.Message.ShouldContain("row 1");
    }

    [Fact]
    public void SqlHelpers_NamesAndTextsWithQuotes_AreQuoted()
    {
        using var connection = fixture.Database.Connect();
        var name = DuckDbSql.Identifier("a \"b\" 'c'");
        connection.Execute($"CREATE TEMP TABLE {name} AS SELECT {DuckDbSql.Literal("it's; \"x\"")} AS t");

        connection.Scalar($"SELECT t FROM {name}").ShouldBe("it's; \"x\"");
        connection.Scalar($"SELECT {DuckDbSql.Literal(new DateOnly(2022, 6, 1))}").ShouldBe(new DateOnly(2022, 6, 1));
        connection.Scalar($"SELECT {DuckDbSql.Literals(["a", "b'"])}").ShouldBe(new object?[] { "a", "b'" });
    }
}
