using FsCheck;
using FsCheck.Fluent;
using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tests.Options;

public sealed class ConIdCodecTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(1_000);
    private static readonly int[] s_daily = [0, 1, -1, -1, -1];
    private static readonly int[] s_given = [756733, 0, 265598, 0, 272093];
    private static readonly ConIdCodec s_codec = new(1, s_given, s_daily);
    private static readonly int s_today = TradingDays.WeekdayOf(new DateOnly(2025, 12, 5));

    [Fact]
    public void Parse_AnyCell_IsWhatTheNumberWasMadeOf() =>
        Prop.ForAll(
                (
                    from ordinal in Gen.Choose(0, 4)
                    from weeks in Gen.Choose(0, 160)
                    from strike in Gen.Choose(0, ConIdCodec.WeeklyStrikes - 1)
                    from right in Gen.Elements(OptionRight.Call, OptionRight.Put)
                    from daily in Gen.Elements(true, false)
                    select (ordinal, weeks, strike, right, daily: daily && ordinal < 2)
                ).ToArbitrary(),
                x =>
                {
                    var weekday = (s_today / 5 * 5) + (x.weeks * 5);
                    var number = s_codec.Option(x.ordinal, x.daily, weekday, x.strike, x.right);

                    number.ShouldBePositive();
                    s_codec
                        .Parse(number, s_today)
                        .ShouldBe(new ConIdParts(x.ordinal, true, x.daily, weekday, x.strike, x.right));
                }
            )
            .Check(s_config);

    [Fact]
    public void Option_NumberThatAnUnderlyingHas_IsMovedAndStillRead()
    {
        // The number that some option would have is given to a stock.
        var wanted = s_codec.Option(3, false, s_today / 5 * 5, 77, OptionRight.Put);
        var codec = new ConIdCodec(1, [756733, 0, 265598, 0, wanted], s_daily);

        var moved = codec.Option(3, false, s_today / 5 * 5, 77, OptionRight.Put);

        moved.ShouldNotBe(wanted);
        codec.Parse(wanted, s_today).ShouldBe(new ConIdParts(4, false, false, 0, 0, OptionRight.None));
        codec.Parse(moved, s_today).ShouldBe(new ConIdParts(3, true, false, s_today / 5 * 5, 77, OptionRight.Put));
        codec
            .Option(3, false, s_today / 5 * 5, 78, OptionRight.Put)
            .ShouldBe(s_codec.Option(3, false, s_today / 5 * 5, 78, OptionRight.Put), "the others stay");
    }

    [Fact]
    public void Strike_AnyIndexOfAnyScale_IsFoundAgain()
    {
        foreach (
            var scale in (StrikeScale[])
                [
                    new StrikeScale.Graded(),
                    new StrikeScale.Even(25, 1_000),
                    new StrikeScale.Even(0.5, 4_000),
                    new StrikeScale.Adjusted(2.5, 20, 1.5, 0, 150),
                    new StrikeScale.Adjusted(5, 20, 1, 3.37, 150),
                ]
        )
        {
            var before = 0.0;
            for (var index = 0; index < scale.Count; index++)
            {
                scale.Strike(index).ShouldBeGreaterThan(before);
                before = scale.Strike(index);
                scale.IndexOf(before).ShouldBe(index);
                scale.IndexOf(before + 0.01).ShouldBe(-1);
            }

            scale.IndexOf(before + 1_000).ShouldBe(-1);
            scale.IndexOf(0).ShouldBe(-1);
            scale.IndexOf(-5).ShouldBe(-1);
            scale.IndexOf(double.NaN).ShouldBe(-1);
            scale.IndexOf(1e300).ShouldBe(-1);
        }
    }
}
