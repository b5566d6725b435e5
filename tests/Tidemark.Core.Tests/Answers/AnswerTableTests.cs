using Tidemark.Core.Answers;

namespace Tidemark.Core.Tests.Answers;

public sealed class AnswerTableTests
{
    [Theory]
    [InlineData("000001.SZ")]
    [InlineData("")]
    [InlineData("a\tb\nc\\d")]
    [InlineData("\\t\\\\n")]
    [InlineData("平安银行")]
    public void Table_AnyText_ReadsBackAsItWasWritten(string text)
    {
        string[][] rows =
        [
            [text, "x"],
            ["y", text, text],
            [text, text],
        ];

        AnswerTable.Parse(new AnswerTable(rows).ToString()).Rows.ShouldBe(rows);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    public void Table_RowsOfOneField_ReadBackAsTheyWereWritten(string text)
    {
        string[][] rows =
        [
            [""],
            [text],
            [""],
        ];

        AnswerTable.Parse(new AnswerTable(rows).ToString()).Rows.ShouldBe(rows);
        AnswerTable
            .Parse(
                new AnswerTable([
                    [text],
                ]).ToString()
            )
            .Rows.ShouldBe([
                [text],
            ]);
    }

    [Fact]
    public void Table_NoRows_ReadsBackAsNone() =>
        AnswerTable.Parse(new AnswerTable([]).ToString()).Rows.ShouldBeEmpty();
}
