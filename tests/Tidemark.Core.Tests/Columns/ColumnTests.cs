using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Columns;

namespace Tidemark.Core.Tests.Columns;

/// <summary>Columns against lists of nullable values, over sequences of appends and clears.</summary>
public sealed class ColumnTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(300);

    // A step appends a value or a null, or (rarely) clears.
    private static readonly Gen<List<(bool Clear, int? Value)>> s_steps = Gen.Frequency(
            (8, Gen.Choose(int.MinValue, int.MaxValue).Select(v => (false, (int?)v))),
            (4, Gen.Constant((false, (int?)null))),
            (1, Gen.Constant((true, (int?)null)))
        )
        .ListOf()
        .Select(steps => steps.Concat(steps).Concat(steps).ToList());

    [Fact]
    public void LongColumn_AnyAppendsAndClears_HoldsWhatTheModelHolds() =>
        AgainstModel<long>(ColumnKind.Long, v => v * 4_000_000_000L);

    [Fact]
    public void TimestampColumn_AnyAppendsAndClears_HoldsWhatTheModelHolds() =>
        AgainstModel<long>(ColumnKind.Timestamp, v => v);

    [Fact]
    public void DateColumn_AnyAppendsAndClears_HoldsWhatTheModelHolds() => AgainstModel<int>(ColumnKind.Date, v => v);

    [Fact]
    public void DoubleColumn_AnyAppendsAndClears_HoldsWhatTheModelHolds() =>
        AgainstModel<double>(ColumnKind.Double, v => v / 7.0);

    [Fact]
    public void BooleanColumn_AnyAppendsAndClears_HoldsWhatTheModelHolds() =>
        AgainstModel<byte>(ColumnKind.Boolean, v => (byte)(v & 1));

    [Fact]
    public void TextColumn_AnyAppendsAndClears_HoldsWhatTheModelHolds() =>
        Prop.ForAll(
                s_steps.ToArbitrary(),
                steps =>
                {
                    var column = (TextColumn)Column.Create(ColumnKind.Text);
                    var model = new List<string?>();
                    foreach (var (clear, value) in steps)
                    {
                        var text = value is { } v ? new string('文', Math.Abs(v % 40)) + v : null;
                        Apply(column, model, clear, text, t => column.Append(Encoding.UTF8.GetBytes(t!)));
                    }

                    ShouldAgree(column, model);
                    column.Offsets.Length.ShouldBe(model.Count + 1);
                    column.Offsets[^1].ShouldBe(column.Utf8.Length);
                    for (var row = 0; row < model.Count; row++)
                    {
                        Encoding.UTF8.GetString(column[row]).ShouldBe(model[row] ?? "");
                        column
                            .Utf8[column.Offsets[row]..column.Offsets[row + 1]]
                            .SequenceEqual(column[row])
                            .ShouldBeTrue();
                    }
                }
            )
            .Check(s_config);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(5400)]
    public void ValidityWords_AnyCapacity_CoverEveryRow(int capacity)
    {
        var column = (ValueColumn<long>)Column.Create(ColumnKind.Long, capacity);
        for (var row = 0; row < 200; row++)
        {
            column.Append(row);
        }

        column.ValidityWords.Length.ShouldBeGreaterThanOrEqualTo(4);
        column.NullCount.ShouldBe(0);
    }

    [Fact]
    public void TextColumn_EmptyText_IsNotNull()
    {
        var column = (TextColumn)Column.Create(ColumnKind.Text);
        column.Append([]);
        column.AppendNull();

        column.IsNull(0).ShouldBeFalse();
        column.IsNull(1).ShouldBeTrue();
    }

    [Fact]
    public void Create_UnknownKind_IsACallersMistake() =>
        Should.Throw<ArgumentOutOfRangeException>(() => Column.Create((ColumnKind)99));

    [Fact]
    public void ColumnBatch_ByName_GivesColumnsInTheOrderOfTheDeclaration()
    {
        var batch = new ColumnBatch([
            new ColumnDefinition("ts_code", ColumnKind.Text),
            new ColumnDefinition("close", ColumnKind.Double, Unit: "CNY"),
        ]);
        ((TextColumn)batch["ts_code"]).Append("600519.SH"u8);
        ((ValueColumn<double>)batch["close"]).Append(1788.5);

        batch.RowCount.ShouldBe(1);
        batch.Columns[1].ShouldBeSameAs(batch["close"]);
        Should.Throw<ArgumentException>(() => batch["open"]).Message.ShouldContain("'open'");
        batch.Clear();
        batch.RowCount.ShouldBe(0);
    }

    private static void AgainstModel<T>(ColumnKind kind, Func<int, T> convert)
        where T : unmanaged =>
        Prop.ForAll(
                s_steps.ToArbitrary(),
                steps =>
                {
                    var column = (ValueColumn<T>)Column.Create(kind);
                    var model = new List<T?>();
                    foreach (var (clear, value) in steps)
                    {
                        Apply(
                            column,
                            model,
                            clear,
                            value is { } v ? convert(v) : (T?)null,
                            v => column.Append(v!.Value)
                        );
                    }

                    ShouldAgree(column, model);
                    column.Values.ToArray().ShouldBe(model.Select(v => v ?? default));
                }
            )
            .Check(s_config);

    private static void Apply<T>(Column column, List<T> model, bool clear, T value, Action<T> append)
    {
        if (clear)
        {
            column.Clear();
            model.Clear();
            return;
        }

        model.Add(value);
        if (value is null)
        {
            column.AppendNull();
        }
        else
        {
            append(value);
        }
    }

    private static void ShouldAgree<T>(Column column, List<T> model)
    {
        column.Count.ShouldBe(model.Count);
        column.NullCount.ShouldBe(model.Count(v => v is null));
        for (var row = 0; row < model.Count; row++)
        {
            column.IsNull(row).ShouldBe(model[row] is null);
            ((column.ValidityWords[row >> 6] >> (row & 63)) & 1).ShouldBe(model[row] is null ? 0UL : 1UL);
        }
    }

    /// <summary>Where values could not be read goes with the rows, however they are copied and cut.</summary>
    [Theory]
    [InlineData(ColumnKind.Double)]
    [InlineData(ColumnKind.Text)]
    public void UnreadableRows_AreCountedInWhatIsLeftOfThem(ColumnKind kind) =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<bool?[]>(), // true: unreadable, false: absent, null: a value
                ArbMap.Default.ArbFor<byte>(),
                (rows, cut) =>
                {
                    var (column, copy) = (Column.Create(kind), Column.Create(kind));
                    foreach (var row in rows)
                    {
                        if (row is null)
                        {
                            (column as TextColumn)?.Append("x"u8);
                            (column as ValueColumn<double>)?.Append(1);
                        }
                        else if (row.Value)
                        {
                            column.AppendUnreadable("?");
                        }
                        else
                        {
                            column.AppendNull();
                        }
                    }

                    for (var row = rows.Length - 1; row >= 0; row--)
                    {
                        copy.AppendFrom(column, row);
                    }

                    column.NullCount.ShouldBe(rows.Count(row => row is not null));
                    copy.UnreadableCount.ShouldBe(rows.Count(row => row == true));
                    column.Truncate(cut);
                    column.UnreadableCount.ShouldBe(rows.Take(cut).Count(row => row == true));
                    column.UnreadableExample.ShouldBe(column.UnreadableCount == 0 ? null : "?");
                    copy.Clear();
                    (copy.UnreadableCount, copy.UnreadableExample).ShouldBe((0, null));
                }
            )
            .QuickCheckThrowOnFailure();
}
