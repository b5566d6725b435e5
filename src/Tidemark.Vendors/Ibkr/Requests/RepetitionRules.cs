using Microsoft.Extensions.Logging;
using Tidemark.Vendors.Ibkr.Connections;

namespace Tidemark.Vendors.Ibkr.Requests;

/// <summary>How often one question was asked again, and why.</summary>
internal sealed class Repetitions
{
    public int Cuts { get; set; }

    public int Complaints { get; set; }

    public bool FellBack { get; set; }
}

/// <summary>Decides whether a request that ended is sent again, and what has to happen first.</summary>
internal sealed class RepetitionRules(
    IbkrClientOptions options,
    GatewayLife life,
    GatewayCounters counters,
    MessageBudget messages,
    LineBudget lines,
    TimeProvider clock,
    ILogger logger
)
{
    /// <summary>How often one request may be cut off before it counts as what cuts the connection.</summary>
    private const int CutsMax = 10;

    private const int ComplaintsMax = 6;

    /// <summary>Histories are counted over minutes: a second of rest is nothing to them.</summary>
    private static readonly TimeSpan s_historyRest = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan s_lineRest = TimeSpan.FromSeconds(1);

    private readonly Lock _fallingBack = new();

    public async ValueTask<(bool IsFinal, IbkrException? Error)> JudgeAsync(
        GatewayRequest request,
        RequestEnd end,
        IbkrException? error,
        Repetitions history,
        CancellationToken cancellationToken
    )
    {
        if (end is RequestEnd.Lost or RequestEnd.Forgotten)
        {
            return ++history.Cuts < CutsMax
                ? (false, null)
                : (true, IbkrErrors.Cut(request.Name, request.Subject, history.Cuts));
        }

        if (end != RequestEnd.Refused || error?.GatewayCode is not { } code)
        {
            return (true, error);
        }

        var again =
            request is QuoteRequest quotes && GatewayCodes.MayComeDelayed(code) ? FallsBack(quotes, code, history)
            : error.Code == IbkrErrorCodes.Pacing ? await RestsAsync(code, history, cancellationToken)
            : false;
        return again ? (false, null) : (true, error);
    }

    private bool FallsBack(QuoteRequest request, int code, Repetitions history)
    {
        if (!options.AllowDelayed || history.FellBack)
        {
            return false;
        }

        lock (_fallingBack)
        {
            if (life.MarketDataType < MarketDataType.Delayed)
            {
                life.MarketDataType =
                    life.MarketDataType == MarketDataType.Frozen
                        ? MarketDataType.DelayedFrozen
                        : MarketDataType.Delayed;
                logger.FellBack(request.Subject);
                messages.TakeNow();
                life.Last?.SendMarketDataType(life.MarketDataType);
            }
            else if (request.AskedFor >= MarketDataType.Delayed && code != GatewayCodes.DelayedNotEnabled)
            {
                // It was asked for delayed quotes already. "Not enabled" says a gateway, too, that has not yet seen to
                // what it was told just before.
                return false;
            }
        }

        history.FellBack = true;
        Interlocked.Increment(ref counters.FallBacks);
        return true;
    }

    private async ValueTask<bool> RestsAsync(int code, Repetitions history, CancellationToken cancellationToken)
    {
        if (++history.Complaints > ComplaintsMax)
        {
            return false;
        }

        if (code == GatewayCodes.TooManyLines)
        {
            Interlocked.Increment(ref counters.LineErrors);
            if (lines.TryShrink() && history.Complaints == 1)
            {
                return true;
            }

            // Others have taken the lines, windows of TWS perhaps: they may give some back.
            await Task.Delay(s_lineRest * (1 << history.Complaints - 1), clock, cancellationToken);
            return true;
        }

        logger.Pacing(code, messages.Slowness);
        if (code == GatewayCodes.HistoryError)
        {
            await Task.Delay(s_historyRest * (1 << history.Complaints - 1), clock, cancellationToken);
        }

        return true;
    }
}
