using System.Text;
using Tidemark.Core.Columns;

namespace Tidemark.Core.Tests.Columns;

public sealed class KeyIndexTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Add_RandomRows_FindsTheRowThatADictionaryFinds(int seed)
    {
        var random = new Random(seed);
        var batch = new ColumnBatch([
            new ColumnDefinition("code", ColumnKind.Text),
            new ColumnDefinition("n", ColumnKind.Long),
        ]);
        var (codes, numbers) = ((TextColumn)batch.Columns[0], (ValueColumn<long>)batch.Columns[1]);
        var index = new KeyIndex(batch.Columns);
        var known = new Dictionary<(string?, long?), int>();
        for (var row = 0; row < 5000; row++)
        {
            var code = random.Next(20) == 0 ? null : $"{random.Next(200)}";
            long? number = random.Next(20) == 0 ? null : random.Next(5);
            if (code is null)
            {
                codes.AppendNull();
            }
            else
            {
                codes.Append(Encoding.UTF8.GetBytes(code));
            }

            if (number is { } value)
            {
                numbers.Append(value);
            }
            else
            {
                numbers.AppendNull();
            }

            var expected = known.TryAdd((code, number), row) ? -1 : known[(code, number)];
            index.Add(row).ShouldBe(expected, $"seed {seed}, row {row}");
        }
    }

    [Fact]
    public void Add_InTheMemoryOfAnIndexThatWasReleased_FindsNoneOfItsRows()
    {
        const int Rows = 3000;
        var batch = new ColumnBatch([new ColumnDefinition("n", ColumnKind.Long)]);
        var numbers = (ValueColumn<long>)batch.Columns[0];
        for (var row = 0; row < Rows; row++)
        {
            numbers.Append(row);
        }

        for (var time = 0; time < 3; time++)
        {
            var index = new KeyIndex(batch.Columns, rows: time * 10); // grows, and begins with another size each time
            for (var row = 0; row < Rows; row++)
            {
                index.Add(row).ShouldBe(-1, $"time {time}, row {row}");
            }

            index.Add(Rows / 2).ShouldBe(Rows / 2);
            index.Release();
        }
    }

    [Fact]
    public void Append_AbsentValues_AreZeroAndEmptyInNewMemoryAndInUsed()
    {
        const int Rows = 10_000; // enough that the runtime leaves the memory as it was
        var batch = new ColumnBatch(
            [new ColumnDefinition("code", ColumnKind.Text), new ColumnDefinition("n", ColumnKind.Double)],
            Rows
        );
        var (codes, numbers) = ((TextColumn)batch.Columns[0], (ValueColumn<double>)batch.Columns[1]);
        for (var time = 0; time < 2; time++)
        {
            for (var row = 0; row < Rows; row++)
            {
                codes.AppendNull();
                numbers.AppendNull();
            }

            codes.Utf8.IsEmpty.ShouldBeTrue();
            codes.Offsets.IndexOfAnyExcept(0).ShouldBe(-1);
            numbers.Values.IndexOfAnyExcept(0).ShouldBe(-1);
            numbers.NullCount.ShouldBe(Rows);
            batch.Clear();
            for (var row = 0; row < Rows; row++)
            {
                codes.Append("abc"u8);
                numbers.Append(row + 1);
            }

            batch.Clear();
        }
    }

    [Fact]
    public void ByteCount_OfABatch_IsWhatItsValuesTake()
    {
        var batch = new ColumnBatch([
            new ColumnDefinition("code", ColumnKind.Text),
            new ColumnDefinition("n", ColumnKind.Long),
        ]);
        ((TextColumn)batch.Columns[0]).Append("abc"u8);
        ((ValueColumn<long>)batch.Columns[1]).Append(1);

        batch.ByteCount.ShouldBe(3 + sizeof(int) + sizeof(long));

        batch.Clear();
        batch.ByteCount.ShouldBe(0);
    }
}
