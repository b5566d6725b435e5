using System.Text;
using Tidemark.Core.Columns;
using Tidemark.Vendors.AkShare;
using Tidemark.Vendors.Decoding;
using Tidemark.Vendors.Drops;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Vendors.Tests.Decoding;

/// <summary>Values that are not of their column's kind, where they may be null, whoever sends them.</summary>
public sealed class UnreadableValueTests
{
    private static readonly ColumnDefinition[] s_columns =
    [
        new("code", ColumnKind.Text, Nullable: false),
        new("price", ColumnKind.Double, UnreadableIsNull: true),
        new("count", ColumnKind.Long, UnreadableIsNull: true),
        new("since", ColumnKind.Date, UnreadableIsNull: true),
        new("at", ColumnKind.Timestamp, UnreadableIsNull: true),
        new("is_open", ColumnKind.Boolean, UnreadableIsNull: true),
        new("strict", ColumnKind.Double),
    ];

    private static readonly string[] s_names = [.. s_columns.Select(c => c.Name)];

    // The second row has nothing in any column; nothing is not unreadable.
    private static readonly string?[][] s_rows =
    [
        ["a", "n/a 不详", "1.5", "soon", "noon", "perhaps", "1"],
        ["b", "", "", "", "", "", ""],
        ["c", "2.5", "3", "2024-06-11", "2024-06-11 10:00:00", "true", "2"],
        ["d", "n/a", "x", "y", "z", "2", "3"],
    ];

    private static int Decode(string form, string?[][] rows, ColumnBatch into) =>
        form switch
        {
            "tushare" => new TushareDecoder()
                .Decode(
                    "x",
                    Bytes(
                        $$$"""{"code":0,"msg":"","data":{"fields":{{{Json(s_names)}}},"items":[{{{string.Join(',', rows.Select(Json))}}}]}}"""
                    ),
                    into
                )
                .Rows,
            "akshare" => AkShareErrors.Decoder.Decode("x", Objects(rows), into),
            "csv" => new CsvDecoder(DropErrors.Of("x.csv"), DropDays.TryDay, DropDays.TryMoment).Decode(
                "x",
                Bytes(string.Concat(rows.Prepend(s_names).Select(row => string.Join(',', row) + "\n"))),
                into
            ),
            _ => DropDecoder.Decode("x", "x.json", DropFormat.Json, Objects(rows), into, long.MaxValue),
        };

    private static byte[] Objects(string?[][] rows) =>
        Bytes(
            $"[{string.Join(',', rows.Select(row => $"{{{string.Join(',', s_names.Zip(row, (n, v) => $"\"{n}\":\"{v}\""))}}}"))}]"
        );

    private static string Json(string?[] texts) => $"[{string.Join(',', texts.Select(text => $"\"{text}\""))}]";

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Theory]
    [InlineData("tushare")]
    [InlineData("akshare")]
    [InlineData("csv")]
    [InlineData("json")]
    public void Unreadable_InEachKindOfColumn_IsNullAndCountedWithTheFirstOfThem(string form)
    {
        var batch = new ColumnBatch(s_columns);

        Decode(form, s_rows, batch).ShouldBe(4);

        foreach (var name in s_names[1..^1])
        {
            var column = batch[name];
            Enumerable.Range(0, 4).Select(column.IsNull).ShouldBe([true, true, false, true], name);
            column.UnreadableCount.ShouldBe(2, name);
        }

        batch
            .Columns.Select(c => c.UnreadableExample)
            .ShouldBe([null, "n/a 不详", "1.5", "soon", "noon", "perhaps", null]);
    }

    [Theory]
    [InlineData("tushare")]
    [InlineData("akshare")]
    [InlineData("csv")]
    [InlineData("json")]
    public void Unreadable_WhereItIsAnError_LeavesNothingOfTheAnswer(string form)
    {
        var batch = new ColumnBatch(s_columns);
        Decode(form, s_rows[..1], batch);

        var error = Should.Throw<VendorException>(() =>
            Decode(form, [s_rows[3], ["e", "n/a", "1", "", "", "", "much"]], batch)
        );

        error.Code.ShouldBe(VendorErrorCodes.Value);
        error.Message.ShouldContain("'strict' in row 2");
        batch.RowCount.ShouldBe(1);
        batch["price"].UnreadableCount.ShouldBe(1);
        batch["price"].NullCount.ShouldBe(1);
    }

    /// <summary>Neither is a number that no double holds one, nor a list a text.</summary>
    [Fact]
    public void ListsObjectsAndHugeNumbers_AreUnreadableToo()
    {
        var batch = new ColumnBatch([
            new("note", ColumnKind.Text, UnreadableIsNull: true),
            new("price", ColumnKind.Double, UnreadableIsNull: true),
        ]);

        AkShareErrors.Decoder.Decode(
            "x",
            """[{"note":["a"],"price":1e999},{"note":"b","price":{"v":1}},{"note":null,"price":2}]"""u8,
            batch
        );

        batch
            .Columns.Select(c => (c.NullCount, c.UnreadableCount, c.UnreadableExample))
            .ShouldBe([(2, 1, "[\"a\"]"), (2, 2, "1e999")]);
    }

    /// <summary>A moment gives its day to a second column; both or none.</summary>
    [Fact]
    public void Moment_WhoseDayMustBeThere_IsAnError()
    {
        ColumnDefinition moment = new("at", ColumnKind.Timestamp, VendorName: "time", UnreadableIsNull: true);
        ColumnDefinition day = new("day", ColumnKind.Date, VendorName: "time", UnreadableIsNull: true);
        var both = new ColumnBatch([moment, day]);

        AkShareErrors.Decoder.Decode("x", """[{"time":"noon"}]"""u8, both);

        both.Columns.ShouldAllBe(c => c.NullCount == 1 && c.UnreadableCount == 1);
        Should
            .Throw<VendorException>(() =>
                AkShareErrors.Decoder.Decode(
                    "x",
                    """[{"time":"noon"}]"""u8,
                    new ColumnBatch([moment, day with { UnreadableIsNull = false }])
                )
            )
            .Code.ShouldBe(VendorErrorCodes.Value);
    }

    /// <summary>Nobody wants a page in a log.</summary>
    [Fact]
    public void Example_OfALongValue_IsShortened()
    {
        var batch = new ColumnBatch([new("price", ColumnKind.Double, UnreadableIsNull: true)]);

        AkShareErrors.Decoder.Decode("x", Bytes($$"""[{"price":"{{new string('a', 5_000)}}"}]"""), batch);

        batch.Columns[0].UnreadableExample.ShouldBe(new string('a', 40) + "…");
    }
}
