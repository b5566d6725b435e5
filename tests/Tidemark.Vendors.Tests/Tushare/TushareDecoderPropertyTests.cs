using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Vendors.Tests.Tushare;

[Trait("Speed", "Slow")]
public sealed class TushareDecoderPropertyTests
{
    private readonly TushareDecoder _decoder = new();

    [Fact]
    public void Decode_RandomTableWrittenAnyWay_GivesTheTableBack() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<int>(),
                seed =>
                {
                    var table = new RandomTable(seed);
                    var batch = new ColumnBatch(table.Columns);
                    var page = _decoder.Decode("any", table.Write(), batch);
                    page.Rows.ShouldBe(table.Rows.Count);
                    for (var row = 0; row < page.Rows; row++)
                    {
                        for (var column = 0; column < table.Columns.Count; column++)
                        {
                            Read(batch.Columns[column], row)
                                .ShouldBe(table.Rows[row][column], $"seed {seed}, {row}, {column}");
                        }
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1_500));

    [Theory]
    [InlineData(3)]
    [InlineData(11)]
    [InlineData(12)]
    public void Decode_CutAtAnyByte_IsTransientAndLeavesNothing(int seed)
    {
        var table = new RandomTable(seed);
        var body = table.Write().AsSpan().TrimEnd(" \r\n\t"u8).ToArray();
        var batch = new ColumnBatch(table.Columns);
        for (var length = 0; length < body.Length; length++)
        {
            var error = Should.Throw<VendorException>(() => _decoder.Decode("any", body.AsSpan(0, length), batch));
            if (
                (error.Kind, error.Code) != (ErrorKind.Transient, "VENDOR_GARBLED")
                || batch.Columns.Any(c => c.Count > 0)
            )
            {
                Assert.Fail($"seed {seed}, cut at {length} of {body.Length}: {error.Message}");
            }
        }

        _decoder.Decode("any", body, batch).Rows.ShouldBe(table.Rows.Count);
    }

    [Fact]
    public void Decode_AnyBytesChanged_IsAPageOrAVendorException() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<int>(),
                seed =>
                {
                    var table = new RandomTable(seed);
                    var body = table.Write();
                    var random = new Random(seed);
                    for (var i = random.Next(1, 4); i > 0; i--)
                    {
                        body[random.Next(body.Length)] =
                            random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"\"\\[]{},:0e-n"[random.Next(12)];
                    }

                    var batch = new ColumnBatch(table.Columns);
                    var rows = 0;
                    try
                    {
                        rows = _decoder.Decode("any", body, batch).Rows;
                    }
                    catch (VendorException)
                    {
                        // The point: nothing else, and nothing left behind.
                    }

                    return batch.Columns.All(c => c.Count == rows);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    private static object? Read(Column column, int row) =>
        column.IsNull(row)
            ? null
            : column switch
            {
                TextColumn texts => Encoding.UTF8.GetString(texts[row]),
                ValueColumn<double> doubles => doubles.Values[row],
                ValueColumn<int> days => new DateOnly(1970, 1, 1).AddDays(days.Values[row]),
                ValueColumn<byte> flags => flags.Values[row] == 1,
                ValueColumn<long> { Kind: ColumnKind.Long } numbers => numbers.Values[row],
                ValueColumn<long> moments => DateTimeOffset.UnixEpoch.AddMicroseconds(moments.Values[row]),
                _ => throw new ArgumentException($"{column.Kind}", nameof(column)),
            };
}
