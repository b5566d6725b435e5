using System.Text;
using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.Vendors.Tests.Support;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Vendors.Tests.Tushare;

public sealed class TushareDecoderTests
{
    private readonly TushareDecoder _decoder = new();

    [Fact]
    public void Decode_DailyBar_FillsTheColumns()
    {
        var batch = new ColumnBatch(TushareRig.Columns);

        var page = Decode(
            """{"request_id":"x","code":0,"data":{"fields":["ts_code","trade_date","close"],"items":[["000001.SZ","20180718",8.70],["600519.SH","20180718",null]],"has_more":true,"count":-1},"msg":""}""",
            batch
        );

        page.Rows.ShouldBe(2);
        page.HasMore.ShouldBe(true);
        Text(batch, 0, 0).ShouldBe("000001.SZ");
        ((ValueColumn<int>)batch.Columns[1]).Values.ToArray().ShouldBe([17730, 17730]);
        ((ValueColumn<double>)batch.Columns[2]).Values[0].ShouldBe(8.7);
        batch.Columns[2].IsNull(1).ShouldBeTrue();
    }

    [Theory]
    [InlineData(
        """{"code":0,"msg":null,"data":{"items":[["A","20240102",1.5]],"fields":["TS_CODE","Trade_Date","CLOSE"]}}"""
    )]
    [InlineData(
        """{"data":{"fields":["close","ts_code","trade_date"],"items":[[1.5,"A",20240102]]},"msg":"","code":0}"""
    )]
    [InlineData(
        """{"data":{"has_more":null,"items":[["A","2024-01-02","1.5",{"a":["]",1]}]],"fields":["ts_code","trade_date","close","extra"]},"code":"0","detail":{"x":[]}}"""
    )]
    [InlineData(
        "\uFEFF \r\n{ \"code\" : 0 , \"data\" :\t{ \"fields\" : [ \"ts_code\" , \"trade_date\" , \"close\" ] , \"items\" : [ [ \"A\" , \"20240102\" , 1.5 ] ] } , \"msg\" : \"success\" } \n"
    )]
    [InlineData(
        """{"c\u006fde":0,"data":{"fi\u0065lds":["ts_c\u006fde","trade_date","close"],"items":[["\u0041","2024\u00301\u00302"," 1.5 "]]}}"""
    )]
    public void Decode_AnyOrderSpellingAndSpace_IsTheSameRow(string body)
    {
        var batch = new ColumnBatch(TushareRig.Columns);

        Decode(body, batch).Rows.ShouldBe(1);

        Text(batch, 0, 0).ShouldBe("A");
        ((ValueColumn<int>)batch.Columns[1]).Values[0].ShouldBe(19724);
        ((ValueColumn<double>)batch.Columns[2]).Values[0].ShouldBe(1.5);
    }

    [Theory]
    [InlineData("""["code","close"]""", """["A",1.5]""")]
    [InlineData("""["ts_code","close"]""", """["A",1.5]""")]
    [InlineData("""["code","ts_code","close"]""", """["other","A",1.5]""")]
    public void Decode_ColumnWithAnAlias_IsReadUnderTheNameThatIsThere(string fields, string row)
    {
        var batch = new ColumnBatch([
            new ColumnDefinition("ts_code", ColumnKind.Text, Nullable: false, Alias: "code"),
            new ColumnDefinition("close", ColumnKind.Double),
        ]);

        Decode($$$"""{"code":0,"data":{"fields":{{{fields}}},"items":[{{{row}}}]}}""", batch).Rows.ShouldBe(1);

        Text(batch, 0, 0).ShouldBe("A");
    }

    [Theory]
    [InlineData("""{"code":0,"data":null,"msg":""}""")]
    [InlineData(
        """{"code":0,"msg":"","data":{"fields":["ts_code","trade_date","close"],"items":[],"has_more":false}}"""
    )]
    [InlineData("""{"code":0,"data":{"fields":["ts_code","trade_date","close"],"items":null}}""")]
    public void Decode_NothingMatched_IsAnEmptyPage(string body)
    {
        var batch = new ColumnBatch(TushareRig.Columns);

        Decode(body, batch).Rows.ShouldBe(0);

        batch.RowCount.ShouldBe(0);
    }

    [Theory]
    [InlineData("12.5", 12.5)]
    [InlineData("\"12.5\"", 12.5)]
    [InlineData("\"990865.1000\"", 990865.1)]
    [InlineData("\" -3 \"", -3.0)]
    [InlineData("\"+.5\"", 0.5)]
    [InlineData("-0.0", -0.0)]
    [InlineData("1e-7", 1e-7)]
    [InlineData("380000.0", 380000.0)]
    public void Decode_NumberOrNumericText_IsTheNumber(string json, double expected) =>
        One<double>(ColumnKind.Double, json).ShouldBe(expected);

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\"  \"")]
    [InlineData("\"--\"")]
    [InlineData("\"NaN\"")]
    [InlineData("\"nan\"")]
    [InlineData("\"None\"")]
    [InlineData("NaN")]
    public void Decode_AbsentNumber_IsNull(string json)
    {
        foreach (
            var kind in new[]
            {
                ColumnKind.Double,
                ColumnKind.Long,
                ColumnKind.Date,
                ColumnKind.Boolean,
                ColumnKind.Timestamp,
            }
        )
        {
            var batch = new ColumnBatch([new("v", kind)]);
            Decode(Single(json), batch);
            batch.Columns[0].IsNull(0).ShouldBeTrue(kind.ToString());
        }
    }

    [Theory]
    [InlineData("1", 1L)]
    [InlineData("1.0", 1L)]
    [InlineData("\"1\"", 1L)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void Decode_WholeNumber_IsExact(string json, long expected) =>
        One<long>(ColumnKind.Long, json).ShouldBe(expected);

    [Theory]
    [InlineData("1", 1)]
    [InlineData("0", 0)]
    [InlineData("\"1\"", 1)]
    [InlineData("\"0\"", 0)]
    [InlineData("true", 1)]
    [InlineData("false", 0)]
    [InlineData("1.0", 1)]
    public void Decode_TruthValue_IsOneOrZero(string json, byte expected) =>
        One<byte>(ColumnKind.Boolean, json).ShouldBe(expected);

    [Theory]
    [InlineData("\"\"", "")]
    [InlineData("\"--\"", "--")]
    [InlineData("12.50", "12.50")]
    [InlineData("true", "true")]
    [InlineData("\"平安银行\"", "平安银行")]
    [InlineData(@"""\u5e73\u5b89""", "平安")]
    [InlineData(@"""\ud83d\ude00 \"" \\ \/ \b\f\n\r\t""", "😀 \" \\ / \b\f\n\r\t")]
    [InlineData(@"""\ud83dx\ude00""", "\uFFFDx\uFFFD")]
    [InlineData(@"""\ud83d\u0041""", "\uFFFDA")]
    public void Decode_Text_IsUnescaped(string json, string expected)
    {
        var batch = new ColumnBatch([new("v", ColumnKind.Text)]);

        Decode(Single(json), batch);

        Text(batch, 0, 0).ShouldBe(expected);
    }

    [Fact]
    public void Decode_MinuteBar_IsUtc() =>
        One<long>(ColumnKind.Timestamp, "\"2023-08-25 15:00:00\"").ShouldBe(1_692_946_800_000_000);

    [Fact]
    public void Decode_OptionalColumnAbsent_IsNull()
    {
        var batch = new ColumnBatch([new("a", ColumnKind.Long), new("b", ColumnKind.Text, Optional: true)]);

        Decode(Answers.With("[1],[2]", fields: "\"a\""), batch);

        batch.Columns[1].Count.ShouldBe(2);
        batch.Columns[1].NullCount.ShouldBe(2);
    }

    [Fact]
    public void Decode_VendorsOwnName_FindsTheColumn()
    {
        var batch = new ColumnBatch([new("change_amount", ColumnKind.Double, VendorName: "change")]);

        Decode(Answers.With("[-0.02]", fields: "\"change\""), batch).Rows.ShouldBe(1);
    }

    [Fact]
    public void Decode_ColumnMissing_NamesItAndWhatCameInstead()
    {
        var error = Fail(Answers.With("[\"A\",\"20240102\",1]", fields: "\"ts_code\",\"trade_date\",\"close_price\""));

        error.Kind.ShouldBe(ErrorKind.Schema);
        error.Code.ShouldBe("VENDOR_COLUMN_MISSING");
        error.Message.ShouldBe(
            "Tushare's answer to 'daily' lacks 1 declared column(s): close; not declared, but sent: close_price. If the vendor dropped it, give it `optional: true` in the dataset; if it was renamed, add the new name as a column, too."
        );
    }

    [Fact]
    public void Decode_ColumnMissingInAnEmptyAnswer_IsAnErrorToo() =>
        Fail(Answers.With("", fields: "\"ts_code\",\"close\"")).Code.ShouldBe("VENDOR_COLUMN_MISSING");

    [Theory]
    [InlineData(ColumnKind.Double, "\"suspended\"", "should be a number, but is 'suspended'")]
    [InlineData(ColumnKind.Double, "\"1,234.5\"", "should be a number, but is '1,234.5'")]
    [InlineData(ColumnKind.Double, "\"12%\"", "should be a number, but is '12%'")]
    [InlineData(ColumnKind.Double, "\"Infinity\"", "should be a number, but is 'Infinity'")]
    [InlineData(ColumnKind.Double, "1e999", "should be a number, but is '1e999'")]
    [InlineData(ColumnKind.Double, "true", "should be a number, but is 'true'")]
    [InlineData(ColumnKind.Double, "[1]", "should be a number, but is '[1]'")]
    [InlineData(ColumnKind.Long, "1.5", "should be a whole number, but is '1.5'")]
    [InlineData(ColumnKind.Long, "\"1.5\"", "should be a whole number, but is '1.5'")]
    [InlineData(ColumnKind.Date, "\"20240230\"", "should be a day like 20220601, but is '20240230'")]
    [InlineData(ColumnKind.Date, "20240230", "should be a day like 20220601, but is '20240230'")]
    [InlineData(ColumnKind.Date, "\"soon\"", "should be a day like 20220601, but is 'soon'")]
    [InlineData(ColumnKind.Boolean, "2", "should be 0 or 1, but is '2'")]
    [InlineData(ColumnKind.Timestamp, "\"15:00\"", "should be a moment like 2022-06-01 09:30:00, but is '15:00'")]
    [InlineData(ColumnKind.Text, "{\"a\":1}", "should be a text, but is '{\"a\":1}'")]
    public void Decode_ValueThatDoesNotFit_NamesFieldRowAndText(ColumnKind kind, string json, string expected)
    {
        var batch = new ColumnBatch([new("v", kind)]);

        var error = Should.Throw<VendorException>(() =>
            Decode(Answers.With($"[null],[{json}]", fields: "\"v\""), batch)
        );

        error.Kind.ShouldBe(ErrorKind.Schema);
        error.Code.ShouldBe("VENDOR_VALUE");
        error.Message.ShouldBe(
            $"Column 'v' in row 2 of Tushare's answer to 'daily' {expected}. Run the same command again later. If it stays so, tell the vendor."
        );
        batch.RowCount.ShouldBe(0);
    }

    [Fact]
    public void Decode_LongWrongText_IsCutBetweenCharacters()
    {
        var error = Should.Throw<VendorException>(() =>
            Decode(Single($"\"x{new string('停', 30)}\""), new ColumnBatch([new("v", ColumnKind.Double)]))
        );

        error.Message.ShouldEndWith(
            $"but is 'x{new string('停', 13)}…'. Run the same command again later. If it stays so, tell the vendor."
        );
    }

    [Theory]
    [InlineData("[\"A\",\"20240102\"]", "Row 2 of Tushare's answer to 'daily' has 2 values for 3 columns.")]
    [InlineData("[]", "Row 2 of Tushare's answer to 'daily' has 0 values for 3 columns.")]
    [InlineData("[\"A\",\"20240102\",1,2]", "Row 2 of Tushare's answer to 'daily' has more values than its 3 columns.")]
    [InlineData("{\"ts_code\":\"A\"}", "Row 2 of Tushare's answer to 'daily' is not an array.")]
    public void Decode_RowOfAnotherShape_SaysWhichAndHow(string row, string expected)
    {
        var error = Fail(Answers.With($"[\"A\",\"20240102\",1],{row}"));

        error.Kind.ShouldBe(ErrorKind.Schema);
        error.Code.ShouldBe("VENDOR_ROW_SHAPE");
        error.Message.ShouldBe($"{expected} Run the same command again later. If it stays so, tell the vendor.");
    }

    [Theory]
    [InlineData("", "is not complete JSON: it is empty.")]
    [InlineData(
        "<html>\r\n<body>502 Bad\tGateway</body></html>",
        "is HTML or XML, not JSON. It begins with: <html> <body>502 Bad Gateway</body></html>"
    )]
    [InlineData(
        "upstream connect error",
        "is not complete JSON: expected '{', not 'u' (byte 0 of 22). It begins with: upstream connect error"
    )]
    [InlineData(
        """{"message":"no route"}""",
        "is not complete JSON: it has no member 'code' (byte 0 of 22). It begins with: {\"message\":\"no route\"}"
    )]
    [InlineData(
        """{"code":0,"data":null} trailing""",
        "is not complete JSON: more text after the end (byte 23 of 31). It begins with: {\"code\":0,\"data\":null} trailing"
    )]
    public void Decode_NoAnswerOfThisVendor_IsTransientAndSaysWhatCame(string body, string expected)
    {
        var error = Fail(body);

        error.Kind.ShouldBe(ErrorKind.Transient);
        error.Code.ShouldBe("VENDOR_GARBLED");
        error.Message.ShouldBe(
            $"Tushare's answer to 'daily' {expected} Run the same command again later. A proxy in between is a usual cause: check `vendors.tushare.url`."
        );
    }

    [Theory]
    [InlineData("""{"code":0,"msg":""}""")]
    [InlineData("""{"code":0,"data":[]}""")]
    [InlineData("""{"code":0,"data":{}}""")]
    [InlineData("""{"code":0,"data":{"fields":["ts_code","trade_date","close"]}}""")]
    [InlineData("""{"code":0,"data":{"fields":"ts_code","items":[]}}""")]
    [InlineData("""{"code":0,"data":{"fields":["ts_code","trade_date","close","Close"],"items":[]}}""")]
    [InlineData("""{"code":0,"data":{"fields":["ts_code","trade_date","close"],"items":{}}}""")]
    [InlineData("""{"code":0,"data":{"fields":["ts_code","trade_date","close"],"items":[],"has_more":"perhaps"}}""")]
    public void Decode_CompleteJsonOfAnotherForm_IsASchemaError(string body)
    {
        var error = Fail(body);

        error.Kind.ShouldBe(ErrorKind.Schema);
        error.Code.ShouldBe("VENDOR_ENVELOPE");
    }

    [Fact]
    public void Decode_NotUtf8_IsTransientAndLeavesNothing()
    {
        var body = Encoding.UTF8.GetBytes(Answers.Page(1, 2));
        body[Array.IndexOf(body, (byte)'S')] = 0xC6; // a byte of GBK

        Should
            .Throw<VendorException>(() => _decoder.Decode("daily", body, new ColumnBatch(TushareRig.Columns)))
            .Code.ShouldBe("VENDOR_GARBLED");
    }

    [Theory]
    [InlineData("""{"code":40203,"msg":"抱歉","data":null}""")]
    [InlineData("""{"data":{"fields":["a"],"items":[[1]]},"message":"抱歉","code":40203}""")]
    public void Decode_VendorsError_IsReturnedWithoutRows(string body)
    {
        var batch = new ColumnBatch(TushareRig.Columns);

        var page = Decode(body, batch);

        page.Code.ShouldBe(40203);
        page.Message.ShouldBe("抱歉");
        batch.RowCount.ShouldBe(0);
    }

    [Fact]
    public void Decode_SecondPageBad_KeepsTheFirst()
    {
        var batch = new ColumnBatch(TushareRig.Columns);
        Decode(Answers.Page(1, 70), batch);

        Should.Throw<VendorException>(() => Decode(Answers.Page(71, 100)[..^20], batch));
        Should.Throw<VendorException>(() => Decode(Answers.With("[\"A\",null,null],[\"A\",null,\"x\"]"), batch));
        Decode(Answers.With("[\"Z\",null,null]"), batch);

        batch.Columns.ShouldAllBe(c => c.Count == 71);
        batch.Columns[2].NullCount.ShouldBe(1);
        batch.Columns[2].IsNull(70).ShouldBeTrue();
        Text(batch, 0, 69).ShouldBe("000070.SZ");
        Text(batch, 0, 70).ShouldBe("Z");
    }

    private static string Single(string json) => Answers.With($"[{json}]", fields: "\"v\"");

    private static string Text(ColumnBatch batch, int column, int row) =>
        Encoding.UTF8.GetString(((TextColumn)batch.Columns[column])[row]);

    private T One<T>(ColumnKind kind, string json)
        where T : unmanaged
    {
        var batch = new ColumnBatch([new("v", kind)]);
        Decode(Single(json), batch);
        batch.Columns[0].IsNull(0).ShouldBeFalse();
        return ((ValueColumn<T>)batch.Columns[0]).Values[0];
    }

    private TusharePage Decode(string body, ColumnBatch into) =>
        _decoder.Decode("daily", Encoding.UTF8.GetBytes(body), into);

    private VendorException Fail(string body)
    {
        var batch = new ColumnBatch(TushareRig.Columns);
        var error = Should.Throw<VendorException>(() => Decode(body, batch));
        batch.Columns.ShouldAllBe(c => c.Count == 0);
        return error;
    }
}
