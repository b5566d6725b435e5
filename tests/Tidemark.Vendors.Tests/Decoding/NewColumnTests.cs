using System.Text;
using Tidemark.Core.Columns;
using Tidemark.Vendors.AkShare;
using Tidemark.Vendors.Decoding;
using Tidemark.Vendors.Drops;

namespace Tidemark.Vendors.Tests.Decoding;

/// <summary>What is seen of columns that nobody declared, where somebody wants to know.</summary>
public sealed class NewColumnTests
{
    private static readonly ColumnDefinition[] s_columns = [new("code", ColumnKind.Text)];

    private static ColumnKind? KindOf(params string[] values)
    {
        var batch = new ColumnBatch(s_columns);
        batch.Drift.IsWatching = true;
        var rows = values.Select(value => $"{{\"code\":\"a\",\"成交量\": {value}}}");
        AkShareErrors.Decoder.Decode("x", Encoding.UTF8.GetBytes($"[{string.Join(',', rows)}]"), batch);
        batch.Drift.New.ShouldBe(["成交量"]);
        return batch.Drift.Watched.ShouldHaveSingleItem().Kind;
    }

    [Theory]
    [InlineData(ColumnKind.Double, "1", "-2.5", "1e3", "null")]
    [InlineData(ColumnKind.Double, "null", "NaN", "0", "0.5")]
    [InlineData(ColumnKind.Double, "1", "\"--\"")]
    [InlineData(ColumnKind.Text, "1", "\"2\"")]
    [InlineData(ColumnKind.Text, "\"000001\"")]
    [InlineData(ColumnKind.Text, "1", "true")]
    [InlineData(ColumnKind.Text, "12345678901234567")]
    [InlineData(null, "null", "\"\"", "\"None\"")]
    [InlineData(null, "1", "[1]")]
    [InlineData(null, "\"a\"", "{}")]
    public void Kind_IsWhatHoldsEveryValue(ColumnKind? kind, params string[] values) => KindOf(values).ShouldBe(kind);

    [Fact]
    public void Names_MoreThanAnybodyDeclares_AreWatchedUpToALimit()
    {
        var batch = new ColumnBatch(s_columns);
        batch.Drift.IsWatching = true;
        var names = string.Join(',', Enumerable.Range(0, 500).Select(i => $"c{i}"));
        var values = string.Join(',', Enumerable.Repeat("1", 500));

        new CsvDecoder(DropErrors.Of("x.csv"), DropDays.TryDay, DropDays.TryMoment).Decode(
            "x",
            Encoding.UTF8.GetBytes($"code,{names}\na,{values}\n"),
            batch
        );

        batch.Drift.Watched.Count.ShouldBe(64);
        batch.Clear();
        batch.Drift.Watched.ShouldBeEmpty();
        batch.Drift.IsWatching.ShouldBeFalse();
    }

    [Fact]
    public void Columns_ThatNobodyWatches_CostNothing()
    {
        var batch = new ColumnBatch(s_columns);

        AkShareErrors.Decoder.Decode("x", """[{"code":"a","more":1}]"""u8, batch);

        batch.Drift.Watched.ShouldBeEmpty();
        batch.Drift.New.ShouldBe(["more"]);
    }
}
