using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.Vendors.AkShare;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Tests.AkShare;

public sealed class AkShareDecoderTests
{
    private static readonly ColumnDefinition[] s_columns =
    [
        new("code", ColumnKind.Text, VendorName: "代码"),
        new("m2", ColumnKind.Double, VendorName: "货币和准货币(M2)-数量(亿元)"),
        new("day", ColumnKind.Date, VendorName: "日期", Optional: true),
    ];

    private readonly ObjectDecoder _decoder = AkShareErrors.Decoder;

    [Fact]
    public void Names_WithWideParentheses_AreTheSameNames()
    {
        var batch = new ColumnBatch(s_columns);

        _decoder.Decode("any", """[{"货币和准货币（M2）－数量（亿元）":12.5,"代码":"a"}]"""u8, batch).ShouldBe(1);

        ((ValueColumn<double>)batch["m2"]).Values[0].ShouldBe(12.5);
        batch["day"].IsNull(0).ShouldBeTrue();
    }

    [Theory]
    [InlineData("""[{"代码":"a"}]""", "VENDOR_COLUMN_MISSING")]
    [InlineData("""[{"代码":"a","货币和准货币(M2)-数量(亿元)":"x"}]""", "VENDOR_VALUE")]
    [InlineData("""[{"代码":"a","货币和准货币(M2)-数量(亿元)":1},{"代码":"a"}]""", "VENDOR_ROW_SHAPE")]
    [InlineData("""[{"代码":"a","货币和准货币(M2)-数量(亿元)":1},{"代码":"a","b":1}]""", "VENDOR_ROW_SHAPE")]
    [InlineData("""[{"代码":"a","货币和准货币(M2)-数量(亿元)":1},{"代码":"a","代码":"a"}]""", "VENDOR_ROW_SHAPE")]
    [InlineData("""[{"代码":"a","货币和准货币(M2)-数量(亿元)":1},[1]]""", "VENDOR_ROW_SHAPE")]
    [InlineData("""[{"代码":"a","代码":"b","货币和准货币(M2)-数量(亿元)":1}]""", "VENDOR_ENVELOPE")]
    [InlineData("""[1]""", "VENDOR_ROW_SHAPE")]
    [InlineData("""{"detail":"x"}""", "VENDOR_ENVELOPE")]
    [InlineData("", "VENDOR_GARBLED")]
    [InlineData("Internal Server Error", "VENDOR_GARBLED")]
    [InlineData("[] []", "VENDOR_GARBLED")]
    [InlineData("""[{"代码":"a","货币和准货币(M2)-数量(亿元)":1}""", "VENDOR_GARBLED")]
    public void Answers_ThatAreWrong_AreClassed_AndLeaveNothing(string body, string code)
    {
        var batch = new ColumnBatch(s_columns);

        var error = Should.Throw<VendorException>(() => _decoder.Decode("any", Encoding.UTF8.GetBytes(body), batch));

        error.Code.ShouldBe(code, error.Message);
        batch.Columns.ShouldAllBe(c => c.Count == 0);
    }

    [Fact]
    public void Rows_BeyondTheLimit_AreRefused()
    {
        var batch = new ColumnBatch([new("a", ColumnKind.Text)]);
        var body = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("{\"a\":\"0123456789\"}", 5000))}]");

        Should
            .Throw<VendorException>(() => _decoder.Decode("any", body, batch, rowBytesMax: 20_000))
            .Code.ShouldBe("VENDOR_ROWS_TOO_LARGE");
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void RandomTables_AreReadAsANaiveReaderReadsThem() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<int>(),
                seed =>
                {
                    var (columns, body) = RandomAnswer(seed);
                    var batch = new ColumnBatch(columns);

                    _decoder.Decode("any", body, batch);

                    using var document = JsonDocument.Parse(body);
                    var row = 0;
                    foreach (var element in document.RootElement.EnumerateArray())
                    {
                        for (var i = 0; i < columns.Length; i++)
                        {
                            Read(batch.Columns[i], row)
                                .ShouldBe(Naive(columns[i], element), $"seed {seed}, row {row}, {columns[i].Name}");
                        }

                        row++;
                    }

                    batch.RowCount.ShouldBe(row);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData(3)]
    [InlineData(8)]
    public void AnswersCutAtAnyByte_AreTransient_AndLeaveNothing(int seed)
    {
        var (columns, body) = RandomAnswer(seed);
        var batch = new ColumnBatch(columns);
        for (var length = 0; length < body.Length; length++)
        {
            var error = Should.Throw<VendorException>(() => _decoder.Decode("any", body.AsSpan(0, length), batch));
            (error.Kind, error.Code).ShouldBe((ErrorKind.Transient, "VENDOR_GARBLED"), $"cut at {length}: {error}");
            batch.Columns.ShouldAllBe(c => c.Count == 0);
        }
    }

    /// <summary>A table as AKTools would write it: members in one order, some columns nobody declares.</summary>
    private static (ColumnDefinition[] Columns, byte[] Body) RandomAnswer(int seed)
    {
        var random = new Random(seed);
        ColumnKind[] kinds =
        [
            ColumnKind.Text,
            ColumnKind.Double,
            ColumnKind.Long,
            ColumnKind.Date,
            ColumnKind.Timestamp,
        ];
        var columns = Enumerable
            .Range(0, random.Next(1, 7))
            .Select(i => new ColumnDefinition($"c{i}", kinds[random.Next(kinds.Length)], VendorName: $"列{i}（元）"))
            .ToArray();
        var order = Enumerable.Range(-2, columns.Length + 2).ToArray();
        random.Shuffle(order);
        var rows = Enumerable
            .Range(0, random.Next(0, 60))
            .Select(_ =>
                "{"
                + string.Join(
                    ',',
                    order.Select(c => $"\"{Name(c)}\":{(c < 0 ? "[{\"x\":[1]}]" : Value(columns[c].Kind, random))}")
                )
                + "}"
            );
        return (columns, Encoding.UTF8.GetBytes($"[{string.Join(',', rows)}]"));
    }

    private static string Name(int column) => column < 0 ? $"其他{-column}" : $"列{column}(元)";

    private static string Value(ColumnKind kind, Random random)
    {
        var day = new DateOnly(1990, 1, 1).AddDays(random.Next(14_000));
        return random.Next(6) == 0
            ? "null"
            : kind switch
            {
                ColumnKind.Text => JsonSerializer.Serialize($"平安{random.Next(100)}\"\\😀"),
                ColumnKind.Double => ((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-9, 13))).ToString(
                    "R",
                    CultureInfo.InvariantCulture
                ),
                ColumnKind.Long => random.NextInt64(-1L << 50, 1L << 50).ToString(CultureInfo.InvariantCulture),
                ColumnKind.Date => random.Next(3) switch
                {
                    0 => $"\"{day.ToIso()}\"",
                    1 => $"\"{day.ToIso()}T00:00:00.000\"",
                    _ => $"\"{day.ToCompact()}\"",
                },
                _ => $"\"{day.ToIso()}T{random.Next(24):00}:{random.Next(60):00}:07.000Z\"",
            };
    }

    private static object? Naive(ColumnDefinition column, JsonElement row)
    {
        var value = row.GetProperty(column.Field.Replace('（', '(').Replace('）', ')'));
        return value.ValueKind == JsonValueKind.Null
            ? null
            : column.Kind switch
            {
                ColumnKind.Text => value.GetString(),
                ColumnKind.Double => value.GetDouble(),
                ColumnKind.Long => value.GetInt64(),
                ColumnKind.Date => DateOnly.ParseExact(
                    value.GetString()!.Replace("-", "", StringComparison.Ordinal)[..8],
                    "yyyyMMdd",
                    CultureInfo.InvariantCulture
                ),
                _ => DateTimeOffset.Parse(value.GetString()!, CultureInfo.InvariantCulture),
            };
    }

    private static object? Read(Column column, int row) =>
        column.IsNull(row)
            ? null
            : column switch
            {
                TextColumn texts => Encoding.UTF8.GetString(texts[row]),
                ValueColumn<double> doubles => doubles.Values[row],
                ValueColumn<int> days => new DateOnly(1970, 1, 1).AddDays(days.Values[row]),
                ValueColumn<long> { Kind: ColumnKind.Long } numbers => numbers.Values[row],
                ValueColumn<long> moments => DateTimeOffset.UnixEpoch.AddMicroseconds(moments.Values[row]),
                _ => throw new ArgumentException($"{column.Kind}", nameof(column)),
            };
}
