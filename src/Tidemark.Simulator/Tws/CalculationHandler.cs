using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>
/// Computes what an option's price implies and what an option costs at a volatility, with the model of the quotes.
/// </summary>
internal sealed class CalculationHandler(TwsSession session, ContractHandler contracts)
{
    private const int CustomComputation = 53;
    private const double Guess = 0.3;
    private const double HighestVolatility = 50;

    /// <summary>The least time to expiration, so that nothing divides by zero.</summary>
    private static readonly TimeSpan s_leastTime = TimeSpan.FromSeconds(30);

    private static readonly TimeOnly s_close = new(16, 0);

    public void Answer(CalculationRequest request)
    {
        if (!contracts.TryFind(request.Contract, out var contract, out var error))
        {
            session.Error(request.Id, error);
            return;
        }

        if (contract.Kind != ContractKind.Option)
        {
            session.Error(request.Id, TwsError.Invalid("Please enter a valid security type"));
            return;
        }

        if (!(request.UnderlyingPrice is > 0 and < double.MaxValue && request.Given is > 0 and < double.MaxValue))
        {
            session.Error(request.Id, TwsError.Invalid("Invalid price or volatility"));
            return;
        }

        var isPrice = request.Kind == TwsRequest.CalcImpliedVol;
        var inputs = Inputs(contract, request.UnderlyingPrice);
        var volatility = isPrice
            ? BlackScholes.ImpliedVolatility(inputs, request.Given, Guess)
            : Math.Min(request.Given, HighestVolatility);
        var computed = double.IsNaN(volatility)
            ? NotComputed(request)
            : BlackScholes.Compute(inputs, volatility, isPrice ? request.Given : double.NaN);
        GatewayMessages.TickOptionComputation(
            session.Out,
            request.Id,
            CustomComputation,
            computed,
            singlePrecision: false
        );
    }

    /// <summary>The answer when no volatility gives the price.</summary>
    private static OptionComputation NotComputed(CalculationRequest request) =>
        new(
            double.NaN,
            double.NaN,
            request.Given,
            double.NaN,
            double.NaN,
            double.NaN,
            double.NaN,
            request.UnderlyingPrice
        );

    private PricingInputs Inputs(ListedContract option, double spot)
    {
        var left = Expires(option) - session.Now;
        var years = Math.Max(left.TotalDays, s_leastTime.TotalDays) / 365;

        // Use the same dividends as the model's quotes.
        var model = session.Gateway.Market.Quote(option, session.Now).Model;
        var share = model.DividendValue / model.UnderlyingPrice;
        var yield = share is > 0 and < 1 ? -Math.Log(1 - share) / years : 0;
        return new PricingInputs(
            spot,
            option.Strike,
            years,
            OptionPricing.Rate,
            yield,
            option.Right == OptionRight.Call
        );
    }

    /// <summary>
    /// The moment of expiration: the close of the last trading day, or the opening of the next day for settlement in
    /// the morning.
    /// </summary>
    private DateTimeOffset Expires(ListedContract option)
    {
        var market = session.Gateway.Market;
        var last = option.LastTradeDate!.Value;
        return option.Expiration > last && market.Session(option.Expiration.Value) is { } settled ? settled.Open
            : market.Session(last) is { } day ? day.Close
            : NewYork.Moment(last.ToDateTime(s_close), NewYork.Zone);
    }
}
