using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Tidemark.DuckDb.Tests;

/// <summary>
/// Every type that Tidemark writes, through an appended chunk into a table and back, with nulls at random.
/// </summary>
public sealed class RoundTripTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private static readonly ColumnType[] s_types =
    [
        ColumnType.Varchar,
        ColumnType.Double,
        ColumnType.BigInt,
        ColumnType.Boolean,
        ColumnType.Date,
        ColumnType.Timestamp,
        ColumnType.Decimal(4, 2),
        ColumnType.Decimal(9, 0),
        ColumnType.Decimal(18, 6),
        ColumnType.Decimal(38, 10),
        ColumnType.List(ColumnType.Varchar),
    ];

    // Lengths around the 12 bytes up to which DuckDB keeps a text in its entry; characters of one to four bytes.
    private static readonly Gen<string> s_texts =
        from length in Gen.Frequency((6, Gen.Choose(0, 16)), (1, Gen.Choose(17, 300)))
        from parts in Gen.Elements("a", "é", "文", "🌊", "'", "\"", "\0", "\n").ArrayOf(length)
        select string.Concat(parts);

    private static readonly Gen<object?[]> s_rows =
        from text in s_texts
        from number in Gen.OneOf(
            Gen.Choose(int.MinValue, int.MaxValue).Select(i => i / 1000.0),
            Gen.Elements(0.0, -0.0, double.NaN, double.PositiveInfinity, double.Epsilon, double.MaxValue, 0.1 + 0.2)
        )
        from high in Gen.Choose(int.MinValue, int.MaxValue)
        from low in Gen.Choose(0, int.MaxValue)
        from flag in Gen.Elements(true, false)
        from day in Gen.Choose(0, DateOnly.MaxValue.DayNumber)
        from texts in s_texts.ListOf()
        from nulls in Gen.Choose(0, (1 << 11) - 1)
        from dense in Gen.Elements(true, false)
        let integer = ((long)high << 31) | (uint)low
        let values = new object?[]
        {
            text,
            number,
            integer,
            flag,
            DateOnly.FromDayNumber(day),
            new DateTime(DateOnly.FromDayNumber(day), new TimeOnly(low % 864_000_000_000L)).AddTicks(-(low % 10)),
            (high % 10_000) / 100m,
            (decimal)(integer % 1_000_000_000),
            integer % 1_000_000_000_000_000_000 / 1_000_000m,
            integer * 1_000_000_000m * 0.0000000001m,
            texts.ToArray(),
        }
        select values.Select((v, i) => !dense && (nulls & (1 << i)) != 0 ? null : v).ToArray();

    [Fact]
    public void AppendAndRead_AnyRows_GivesTheRowsBack()
    {
        using var connection = fixture.Database.Connect();
        var columns = s_types.Select((type, i) => $"c{i} {type.SqlName}");
        connection.Execute($"CREATE TEMP TABLE trip ({string.Join(", ", columns)})");

        Prop.ForAll(
                s_rows.ListOf().ToArbitrary(),
                rows =>
                {
                    connection.Execute("DELETE FROM trip");
                    Append(connection, rows);
                    using var result = connection.Query("SELECT * FROM trip ORDER BY rowid");
                    result.Columns.Select(c => c.Type.SqlName).ShouldBe(s_types.Select(t => t.SqlName));
                    var read = result.Rows().ToList();
                    read.Count.ShouldBe(rows.Count);
                    for (var row = 0; row < rows.Count; row++)
                    {
                        read[row].ShouldBe(rows[row], $"row {row}");
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }

    [Fact]
    public void AppendAndRead_SeveralChunks_KeepsOrderAndNulls()
    {
        const int Rows = 10_000;
        using var connection = fixture.Database.Connect();
        connection.Execute("CREATE TEMP TABLE many (a BIGINT, b VARCHAR)");
        using (var chunk = DataChunk.Create([ColumnType.BigInt, ColumnType.Varchar]))
        using (var appender = connection.CreateAppender(null, "many"))
        {
            for (var start = 0; start < Rows; start += DataChunk.Capacity)
            {
                chunk.Reset();
                var count = Math.Min(DataChunk.Capacity, Rows - start);
                var values = chunk[0].Values<long>(count);
                for (var row = 0; row < count; row++)
                {
                    values[row] = start + row;
                    chunk[1].SetText(row, Encoding.UTF8.GetBytes($"text number {start + row}"));
                    if ((start + row) % 7 == 0)
                    {
                        chunk[1].SetNull(row);
                    }
                }

                chunk.SetCount(count);
                appender.Append(chunk);
            }

            appender.Flush();
        }

        using var result = connection.Query("SELECT a, b FROM many");
        var next = 0;
        while (result.NextChunk() is { } chunk)
        {
            chunk.Count.ShouldBeLessThanOrEqualTo(DataChunk.Capacity);
            for (var row = 0; row < chunk.Count; row++, next++)
            {
                chunk[0].Values<long>(chunk.Count)[row].ShouldBe(next);
                chunk[1].IsNull(row).ShouldBe(next % 7 == 0);
                chunk[1].Value(row).ShouldBe(next % 7 == 0 ? null : $"text number {next}");
            }
        }

        next.ShouldBe(Rows);
    }

    [Fact]
    public void Value_TypesThatTidemarkOnlyReads_AreDotNetValues()
    {
        using var connection = fixture.Database.Connect();
        using var result = connection.Query(
            """
            SELECT 1::TINYINT, 2::SMALLINT, 3::INTEGER, 4::UTINYINT, 5::USMALLINT, 6::UINTEGER, 7::UBIGINT,
                   sum(8), 1.5::FLOAT, TIME '09:30:00', TIMESTAMPTZ '2022-06-01 08:00:00+08', '\xAB'::BLOB,
                   TIMESTAMP_S '2022-06-01 01:02:03', TIMESTAMP_MS '2022-06-01 01:02:03.004',
                   TIMESTAMP_NS '2022-06-01 01:02:03.000004005', MAP {'a': 1, 'b': NULL}, {'x': 1, 'y': ['z']}
            """
        );

        var values = result.Rows().Single();

        values[..7].ShouldBe([1L, 2L, 3L, 4L, 5L, 6L, 7UL]);
        values[7].ShouldBe((Int128)8);
        values[8].ShouldBe(1.5);
        values[9].ShouldBe(new TimeOnly(9, 30));
        values[10].ShouldBe(new DateTime(2022, 6, 1));
        values[11].ShouldBe(new byte[] { 0xAB });
        values[12].ShouldBe(new DateTime(2022, 6, 1, 1, 2, 3));
        values[13].ShouldBe(new DateTime(2022, 6, 1, 1, 2, 3, 4));
        values[14].ShouldBe(new DateTime(2022, 6, 1, 1, 2, 3, 0, 4));
        values[15].ShouldBe(new Dictionary<string, object?> { ["a"] = 1L, ["b"] = null });
        var members = values[16].ShouldBeOfType<Dictionary<string, object?>>();
        members["x"].ShouldBe(1L);
        members["y"].ShouldBe(new object?[] { "z" });
    }

    [Fact]
    public void Value_TypeThatIsNotRead_SaysToCastIt()
    {
        using var connection = fixture.Database.Connect();

        var error = Should.Throw<NotSupportedException>(() => connection.Scalar("SELECT TIMETZ '10:00:00+08'"));

        error.Message.ShouldContain("TIME WITH TIME ZONE");
        error.Message.ShouldContain("cast");
    }

    [Theory]
    [InlineData("STRUCT(\"a b\" INTEGER, \"c\" DATE[])")]
    [InlineData("MAP(VARCHAR, DECIMAL(30,2))")]
    [InlineData("TIMESTAMP_S")]
    [InlineData("TIMESTAMP_MS")]
    [InlineData("TIMESTAMP_NS")]
    [InlineData("TIMESTAMP WITH TIME ZONE")]
    [InlineData("HUGEINT")]
    public void SqlName_TypeOfAColumn_MakesTheSameColumnAgain(string sql)
    {
        using var connection = fixture.Database.Connect();
        using var result = connection.Query($"SELECT NULL::{sql}");

        result.Columns[0].Type.SqlName.ShouldBe(sql);
    }

    private static void Append(DuckDbConnection connection, IReadOnlyList<object?[]> rows)
    {
        using var chunk = DataChunk.Create(s_types);
        using var appender = connection.CreateAppender(null, "trip");
        var texts = 0;
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < s_types.Length; column++)
            {
                Set(chunk[column], row, rows[row][column], rows.Count, ref texts);
            }
        }

        chunk.SetCount(rows.Count);
        appender.Append(chunk);
        appender.Flush();
    }

    private static void Set(Vector vector, int row, object? value, int count, ref int texts)
    {
        switch (value)
        {
            case null:
                vector.SetNull(row);
                if (vector.Type.Kind == LogicalKind.List)
                {
                    vector.SetTextList(row, [], ref texts);
                }

                break;
            case string text:
                vector.SetText(row, Encoding.UTF8.GetBytes(text));
                break;
            case double number:
                vector.Values<double>(count)[row] = number;
                break;
            case long integer:
                vector.Values<long>(count)[row] = integer;
                break;
            case bool flag:
                vector.Values<byte>(count)[row] = flag ? (byte)1 : (byte)0;
                break;
            case DateOnly day:
                vector.Values<int>(count)[row] = DuckDbTime.ToDays(day);
                break;
            case DateTime time:
                vector.Values<long>(count)[row] = DuckDbTime.ToMicroseconds(time);
                break;
            case decimal number:
                vector.SetDecimal(row, number);
                break;
            case string[] list:
                vector.SetTextList(row, list, ref texts);
                break;
        }
    }
}
