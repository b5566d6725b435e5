using FsCheck;
using FsCheck.Fluent;
using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tests.Options;

public sealed class BlackScholesTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(500);

    private static readonly Gen<Case> s_cases =
        from strike in Gen.Choose(60, 160)
        from days in Gen.Choose(3, 900)
        from volatility in Gen.Choose(10, 90)
        from yield in Gen.Choose(0, 6)
        from call in Gen.Elements(true, false)
        select new Case(100, strike, days / 365.0, 0.04, yield / 100.0, volatility / 100.0, call);

    /// <summary>The worked example of Hull's chapter on the formula: 4.76 and 0.81.</summary>
    [Fact]
    public void Price_TextbookExample_IsTheTextbooks()
    {
        BlackScholes.Price(new PricingInputs(42, 40, 0.5, 0.1, 0, true), 0.2).ShouldBe(4.7594, 0.0001);
        BlackScholes.Price(new PricingInputs(42, 40, 0.5, 0.1, 0, false), 0.2).ShouldBe(0.8086, 0.0001);
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.8413447460685429)]
    [InlineData(-3, 0.0013498980316301)]
    [InlineData(-8, 6.22096057427e-16)]
    [InlineData(40, 1)]
    public void Normal_KnownPoints_AreMet(double x, double expected) =>
        BlackScholes.Normal(x).ShouldBe(expected, expected * 1e-7);

    [Fact]
    public void Compute_AnyOption_GreeksAreTheSlopesOfThePrice() =>
        Prop.ForAll(
                s_cases.ToArbitrary(),
                c =>
                {
                    var greeks = BlackScholes.Compute(c.Inputs(), c.Volatility);
                    const double Step = 0.01;
                    var up = (c with { Spot = c.Spot + Step }).Price();
                    var down = (c with { Spot = c.Spot - Step }).Price();

                    greeks.Price.ShouldBe(c.Price(), 1e-9);
                    greeks.Delta.ShouldBe((up - down) / (2 * Step), 1e-5);
                    greeks.Gamma.ShouldBe((up - (2 * c.Price()) + down) / (Step * Step), 1e-4);
                    greeks.Vega.ShouldBe(
                        (c with { Volatility = c.Volatility + 0.005 }).Price()
                            - (c with { Volatility = c.Volatility - 0.005 }).Price(),
                        2e-4 + (greeks.Vega * 0.005)
                    );
                    greeks.Theta.ShouldBe(
                        ((c with { Years = c.Years - (0.01 / 365) }).Price() - c.Price()) * 100,
                        0.0001 + (Math.Abs(greeks.Theta) * 0.005),
                        "the loss of a hundredth of a day, times a hundred"
                    );
                    greeks.DividendValue.ShouldBe(c.Spot * (1 - Math.Exp(-c.Yield * c.Years)), 1e-9);
                }
            )
            .Check(s_config);

    [Fact]
    public void ImpliedVolatility_OfAPrice_IsTheVolatility() =>
        Prop.ForAll(
                s_cases.ToArbitrary(),
                c =>
                {
                    var price = c.Price();
                    var intrinsic = Math.Max(
                        0,
                        (c.IsCall ? 1 : -1)
                            * ((c.Spot * Math.Exp(-c.Yield * c.Years)) - (c.Strike * Math.Exp(-c.Rate * c.Years)))
                    );
                    foreach (var guess in (double[])[c.Volatility, 0.05, 0.4, 2])
                    {
                        var implied = BlackScholes.ImpliedVolatility(c.Inputs(), price, guess);
                        if (price - intrinsic > 1e-5)
                        {
                            implied.ShouldBe(c.Volatility, 1e-4);
                        }
                    }

                    BlackScholes.ImpliedVolatility(c.Inputs(), intrinsic * 0.99 - 0.01, 0.3).ShouldBe(double.NaN);
                    BlackScholes.ImpliedVolatility(c.Inputs(), 1_000, 0.3).ShouldBe(double.NaN);
                }
            )
            .Check(s_config);

    private sealed record Case(
        double Spot,
        double Strike,
        double Years,
        double Rate,
        double Yield,
        double Volatility,
        bool IsCall
    )
    {
        public PricingInputs Inputs() => new(Spot, Strike, Years, Rate, Yield, IsCall);

        public double Price() => BlackScholes.Price(Inputs(), Volatility);
    }
}
