using Tidemark.Core.Calendars;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Hosting;
using Tidemark.Operations.Simulation;
using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Cli.Simulation;

/// <summary>
/// The simulated vendors of this program. They use the shipped calendars, whatever calendars a workspace has.
/// </summary>
internal sealed class SimulatedVendors(TimeProvider clock) : ISimulatedVendors
{
    public ISimulatedMarket OpenMarket(TushareSimulation request) => MarketOf(request);

    public async Task<ISimulatedVendor> StartTushareAsync(TushareSimulation request, CancellationToken stop)
    {
        var faults = request.Faults is { } file ? FaultRules.Load(file, request.Seed) : null;
        var market = MarketOf(request);
        try
        {
            return await SimulatedTushare.StartAsync(
                new TushareSimulatorOptions
                {
                    Source = market.Source,
                    Port = request.Port,
                    Faults = faults,
                    AcceptedTokens =
                        request.Tokens.Count == 0 ? null : request.Tokens.ToHashSet(StringComparer.Ordinal),
                    Points = Tranches(request.Points),
                    TimeProvider = clock,
                },
                stop,
                market
            );
        }
        catch (Exception e)
        {
            market.Dispose();
            if (e is IOException taken)
            {
                throw PortTaken(request.Port, taken);
            }

            throw;
        }
    }

    public async Task<ISimulatedVendor> StartAkToolsAsync(AkToolsSimulation request, CancellationToken stop)
    {
        try
        {
            return await SimulatedAkTools.StartAsync(request, Calendar(), clock, stop);
        }
        catch (IOException e)
        {
            throw PortTaken(request.Port, e);
        }
    }

    public async Task<ISimulatedVendor> StartTwsAsync(TwsSimulation request, CancellationToken stop)
    {
        try
        {
            return await SimulatedTws.StartAsync(request, clock, stop);
        }
        catch (IOException e)
        {
            throw PortTaken(request.Port, e);
        }
    }

    /// <summary>Points as one tranche that lasts for most of a year from now.</summary>
    private PointsTranche[]? Tranches(int? points) =>
        points is { } some
            ? [new PointsTranche(some, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(300))]
            : null;

    private SimulatedMarket MarketOf(TushareSimulation request) => new(request, Calendar(), clock);

    private static TradingCalendar Calendar() =>
        MarketCalendar.Of(ShippedDefinitions.Alone().Calendars[Exchanges.Shanghai]);

    private static TidemarkException PortTaken(int port, IOException e) =>
        new(
            ErrorKind.BadRequest,
            "PORT_TAKEN",
            $"127.0.0.1:{port} cannot be listened on: {e.Message} Choose another --port, or 0 for any.",
            e
        );
}
