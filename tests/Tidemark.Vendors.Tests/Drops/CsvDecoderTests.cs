using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Columns;
using Tidemark.Vendors.Decoding;
using Tidemark.Vendors.Drops;

namespace Tidemark.Vendors.Tests.Drops;

public sealed class CsvDecoderTests
{
    private static readonly ColumnDefinition[] s_texts =
    [
        new("a", ColumnKind.Text),
        new("b", ColumnKind.Text),
        new("c", ColumnKind.Text, Optional: true),
    ];

    private static readonly CsvDecoder s_decoder = new(
        DropErrors.Of("signals/x.csv"),
        DropDays.TryDay,
        DropDays.TryMoment
    );

    [Fact]
    public void Texts_OfAnyKind_ComeBackAsTheyWere() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<(string? A, string? B)[]>(),
                ArbMap.Default.ArbFor<bool>(),
                (rows, isWindows) =>
                {
                    var end = isWindows ? "\r\n" : "\n";
                    var text = new StringBuilder("b,unknown,a" + end);
                    foreach (var (a, b) in rows)
                    {
                        text.Append(Cell(b)).Append(",\"x,\n\",").Append(Cell(a)).Append(end);
                    }

                    var batch = new ColumnBatch(s_texts);
                    s_decoder.Decode("x", Encoding.UTF8.GetBytes(text.ToString()), batch).ShouldBe(rows.Length);
                    for (var row = 0; row < rows.Length; row++)
                    {
                        Text(batch, "a", row).ShouldBe(Sent(rows[row].A));
                        Text(batch, "b", row).ShouldBe(Sent(rows[row].B));
                        Text(batch, "c", row).ShouldBeNull();
                    }
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Text_ThatIsCutOffAnywhere_IsNotTakenForAWholeOne()
    {
        const string Whole = "a,b\r\nx,\"y \"\"z\"\"\"\r\nlast,row\r\n";
        for (var length = 0; length < Whole.Length; length++)
        {
            var batch = new ColumnBatch(s_texts);
            var cut = Whole[..length];
            if (cut.EndsWith('\n'))
            {
                continue; // whole rows: that others are to come nobody can see, hence the renaming
            }

            var error = Should.Throw<VendorException>(() => s_decoder.Decode("x", Encoding.UTF8.GetBytes(cut), batch));

            error.Code.ShouldBe("FILE_UNFINISHED", cut);
            batch.RowCount.ShouldBe(0);
        }
    }

    [Theory]
    [InlineData("a;b\n1;2\n", "VENDOR_ENVELOPE", "no comma")]
    [InlineData("a,b,A\n1,2,3\n", "VENDOR_ENVELOPE", "twice")]
    [InlineData("a\n1\n", "VENDOR_COLUMN_MISSING", "b")]
    [InlineData("a,b\n1,2\n1,2,3\n", "VENDOR_ROW_SHAPE", "Row 2")]
    [InlineData("a,b\n1\n", "VENDOR_ROW_SHAPE", "Row 1")]
    [InlineData("a,b\n1,x\"y\"\n", "VENDOR_ROW_SHAPE", "quote")]
    [InlineData("a,b\n1,\"x\"y\n", "VENDOR_ROW_SHAPE", "closed quote")]
    [InlineData("a,b\r1,2\r", "VENDOR_ROW_SHAPE", "carriage return")]
    public void Text_ThatIsWrong_IsClassed(string text, string code, string words)
    {
        var error = Should.Throw<VendorException>(() =>
            s_decoder.Decode("x", Encoding.UTF8.GetBytes(text), new ColumnBatch(s_texts))
        );

        error.Code.ShouldBe(code, error.Message);
        error.Message.ShouldContain(words);
        error.Message.ShouldContain("'signals/x.csv'");
    }

    [Theory]
    [InlineData("2022-06-01", true)]
    [InlineData("20220601", true)]
    [InlineData("2022-06-01 00:00:00", true)]
    [InlineData("2022-06-01T00:00:00.000", true)]
    [InlineData("2022-06-01 09:30:00", false)]
    [InlineData("202206", false)]
    [InlineData("2022-06-01x", false)]
    [InlineData("2022-02-30", false)]
    [InlineData("01/06/2022", false)]
    public void Day_IsADayAndNothingElse(string text, bool isDay) =>
        DropDays.TryDay(Encoding.UTF8.GetBytes(text), out _).ShouldBe(isDay);

    // Quotes tell an empty text from none.
    private static string Cell(string? text) =>
        text is null ? "" : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    // What UTF-8 cannot say (half a surrogate pair) is replaced when the text is written.
    private static string? Sent(string? text) =>
        text is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static string? Text(ColumnBatch batch, string column, int row) =>
        batch[column].IsNull(row) ? null : Encoding.UTF8.GetString(((TextColumn)batch[column])[row]);
}
