namespace Tidemark.DuckDb.Tests;

public sealed class ChunkTests
{
    [Fact]
    public void Capacity_OfTheLoadedLibrary_IsWhatTheCodeIsWrittenFor() => DataChunk.Capacity.ShouldBe(2048);

    [Fact]
    public void SetCount_MoreThanCapacity_IsRefused()
    {
        using var chunk = DataChunk.Create([ColumnType.BigInt]);

        chunk.SetCount(DataChunk.Capacity);
        chunk.Count.ShouldBe(DataChunk.Capacity);
        Should.Throw<ArgumentOutOfRangeException>(() => chunk.SetCount(DataChunk.Capacity + 1));
        Should.Throw<ArgumentOutOfRangeException>(() => chunk.SetCount(-1));
    }

    [Fact]
    public void Values_MoreRowsThanAChunkHolds_IsRefused()
    {
        using var chunk = DataChunk.Create([ColumnType.BigInt, ColumnType.Varchar]);

        Should.Throw<ArgumentOutOfRangeException>(() => _ = chunk[0].Values<long>(2049).Length);
        Should.Throw<ArgumentOutOfRangeException>(() => _ = chunk[0].WritableValidity(2049).Length);
        Should.Throw<ArgumentOutOfRangeException>(() => _ = chunk[0].Validity(-1).Length);
        Should.Throw<ArgumentOutOfRangeException>(() => chunk[1].SetTexts([], new int[2050]));
    }

    [Fact]
    public void Values_OfAnotherWidth_AreRefused()
    {
        using var chunk = DataChunk.Create([ColumnType.Date, ColumnType.Varchar, ColumnType.Decimal(18, 2)]);

        chunk[0].Values<int>(10).Length.ShouldBe(10);
        chunk[2].Values<long>(10).Length.ShouldBe(10);
        Should
            .Throw<InvalidOperationException>(() => _ = chunk[0].Values<long>(10).Length)
            .Message.ShouldContain("DATE");
        Should.Throw<InvalidOperationException>(() => _ = chunk[1].Values<long>(10).Length);
    }

    [Fact]
    public void Reset_AfterNulls_ForgetsRowsAndNulls()
    {
        using var chunk = DataChunk.Create([ColumnType.BigInt]);
        chunk[0].SetNull(3);
        chunk.SetCount(10);
        chunk[0].IsNull(3).ShouldBeTrue();
        chunk[0].Validity(10)[0].ShouldBe(~(1UL << 3));

        chunk.Reset();

        chunk.Count.ShouldBe(0);
        chunk[0].IsNull(3).ShouldBeFalse();
    }

    [Fact]
    public void WritableValidity_AllBits_MarkNulls()
    {
        using var chunk = DataChunk.Create([ColumnType.Double]);

        chunk[0].WritableValidity(100)[1] = 0b101;

        Enumerable.Range(64, 4).Select(chunk[0].IsNull).ShouldBe([false, true, false, true]);
    }
}
