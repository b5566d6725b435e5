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
