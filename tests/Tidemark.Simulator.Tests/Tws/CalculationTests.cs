using System.Globalization;
using Tidemark.Simulator.Options;
using Tidemark.Simulator.Tests.Options;

namespace Tidemark.Simulator.Tests.Tws;

/// <summary>What an option would imply at a price, or cost at a volatility.</summary>
public sealed class CalculationTests
{
    [Fact]
    public async Task PriceAtAVolatility_AndVolatilityAtThatPrice_AreEachOthersInverse()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();

        await client.SendAsync("55␀3␀7␀" + Ask.Call + "0.25␀201.35␀0␀␀");
        var cost = Computation(await client.ReadAsync(), 7);
        await client.SendAsync(FormattableString.Invariant($"54␀3␀8␀{Ask.Call}{cost[2]}␀201.35␀0␀␀"));
        var implied = Computation(await client.ReadAsync(), 8);

        cost[0].ShouldBe(0.25);
        cost[1].ShouldBeInRange(0.5, 0.6);
        cost[2].ShouldBeInRange(6, 9);
        implied[0].ShouldBe(0.25, 1e-6);
        implied[7].ShouldBe(201.35);
    }

    [Fact]
    public async Task VolatilityAtAPriceBelowTheIntrinsicValue_IsNotComputed()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();

        await client.SendAsync("54␀3␀8␀" + Ask.Call + "5␀300␀0␀␀");

        (await client.ReadAsync()).ShouldBe("21␀8␀53␀0␀-1␀-2␀5.0␀-1␀-2␀-2␀-2␀300.0␀");
    }

    /// <summary>Asked with what its own model says, the gateway answers with what its model says.</summary>
    [Fact]
    public async Task PriceAtTheVolatilityOfTheModel_IsThePriceOfTheModel()
    {
        var market = new SyntheticOptionMarket(1, OptionMarkets.Calendar, 120);
        await using var gateway = await TestGateway.StartAsync(options => options with { Market = market });
        var client = await gateway.ClientAsync();
        var day = DateOnly.FromDateTime(gateway.Clock.GetUtcNow().DateTime);
        foreach (var symbol in (string[])["AAPL", "SPX"])
        {
            var option = market
                .Find(
                    new ContractPattern(ContractKind.Option, symbol, LastTrade: "202512", Right: OptionRight.Put),
                    day
                )
                .MinBy(row => Math.Abs(market.Quote(row, gateway.Clock.GetUtcNow()).Model.Delta + 0.4))!;
            var model = market.Quote(option, gateway.Clock.GetUtcNow()).Model;

            await client.SendAsync(
                FormattableString.Invariant(
                    $"55␀3␀7␀{option.ConId}␀␀␀␀0␀␀␀SMART␀␀␀␀␀{model.ImpliedVolatility}␀{model.UnderlyingPrice}␀0␀␀"
                )
            );

            var cost = Computation(await client.ReadAsync(), 7);
            cost[2].ShouldBe(model.Price, 1e-3 * model.Price, symbol);
            cost[1].ShouldBe(model.Delta, 1e-3, symbol);
        }
    }

    private static double[] Computation(string frame, int id)
    {
        frame.ShouldStartWith($"21␀{id}␀53␀0␀");
        return [.. frame.Split('␀')[4..12].Select(field => double.Parse(field, CultureInfo.InvariantCulture))];
    }
}
