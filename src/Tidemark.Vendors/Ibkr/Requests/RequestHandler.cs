using Microsoft.Extensions.Logging;
using Tidemark.Vendors.Ibkr.Connections;
using Tidemark.Vendors.Telemetry;

namespace Tidemark.Vendors.Ibkr.Requests;

/// <summary>
/// Sends requests within the budgets and waits for their ends. What ended through no fault of its own (a cut
/// connection, lost subscriptions, a complaint about the pace, quotes that are only there delayed) is asked again here,
/// as another request.
/// </summary>
internal sealed class RequestHandler : IDisposable
{
    private readonly GatewayLife _life;
    private readonly MessageBudget _messages;
    private readonly MessageBudget _snapshots;
    private readonly HistoryBudget? _histories;
    private readonly TimeProvider _clock;
    private readonly VendorTelemetry? _telemetry;
    private readonly SemaphoreSlim _others;
    private readonly CancellationTokenSource _stop = new();

    public RequestHandler(
        IbkrClientOptions options,
        GatewayLife life,
        GatewayCounters counters,
        MessageBudget messages,
        TimeProvider clock,
        ILogger logger
    )
    {
        (_life, _messages, _clock, _telemetry) = (life, messages, clock, options.Telemetry);
        _snapshots = new MessageBudget(options.SnapshotsPerSecond, clock);
        _histories = options.PacesHistory ? new HistoryBudget(clock) : null;
        _others = new SemaphoreSlim(options.OpenRequests, options.OpenRequests);
        Lines = new LineBudget(options.Lines, clock);
        Judge = new RepetitionRules(options, life, counters, messages, Lines, clock, logger);
    }

    public LineBudget Lines { get; }

    public RepetitionRules Judge { get; }

    /// <summary>
    /// Asks until there is an end that asking again would not change. What failed is in the error; only cancellation is
    /// thrown.
    /// </summary>
    /// <param name="make">Another request each time.</param>
    public async Task<(TRequest Request, IbkrException? Error)> AskAsync<TRequest>(
        Func<TRequest> make,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
        where TRequest : GatewayRequest
    {
        var history = new Repetitions();
        while (true)
        {
            var request = make();
            await TakePlaceAsync(request, cancellationToken);
            var (end, error) = await AskSeenAsync(request, timeout, cancellationToken);
            var (isFinal, final) = await Judge.JudgeAsync(request, end, error, history, cancellationToken);
            if (isFinal)
            {
                return (request, final);
            }

            _telemetry?.Repeated("ibkr", request.Name, error?.Code ?? IbkrErrorCodes.Lost);
        }
    }

    public Task TakePlaceAsync(GatewayRequest request, CancellationToken cancellationToken) =>
        request.IsMarketData ? Lines.TakeAsync(cancellationToken) : _others.WaitAsync(cancellationToken);

    /// <summary>Waits for the budgets and a connection, and sends.</summary>
    /// <exception cref="IbkrException">There will be no connection.</exception>
    public async Task<GatewayConnection> SendAsync(GatewayRequest request, CancellationToken cancellationToken)
    {
        if (request is QuoteRequest { IsSnapshot: true })
        {
            await _snapshots.TakeAsync(cancellationToken);
        }

        if (_histories is not null && request.Pace is { } pace)
        {
            await _histories.TakeAsync(pace, cancellationToken);
        }

        while (true)
        {
            var connection = await _life.ConnectedAsync(request.Name, cancellationToken);
            await _messages.TakeAsync(cancellationToken);
            if (connection.Closed.IsCompleted || !connection.Link.IsCompleted)
            {
                continue; // a turn lost; nothing was sent
            }

            Lines.On(connection);
            connection.Send(request, _life.NextId());
            return connection;
        }
    }

    /// <summary>
    /// Gives the place back, when the gateway, too, is done with the request: what it still has open is cancelled
    /// before.
    /// </summary>
    public void Leave(GatewayRequest request, GatewayConnection? connection)
    {
        connection?.Forget(request);
        var isOpenThere =
            request.CanCancel
            && connection is { Closed.IsCompleted: false }
            && (
                !request.Ended.IsCompleted
                || request.Ended.Result is RequestEnd.Satisfied or RequestEnd.Broken or RequestEnd.TimedOut
            );
        if (isOpenThere)
        {
            _ = CancelAsync(request, connection!);
        }
        else
        {
            GiveBack(request);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task<(RequestEnd End, IbkrException? Error)> AskSeenAsync(
        GatewayRequest request,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        using var call = _telemetry?.Begin("ibkr", request.Name);
        var (end, error) = await AskOnceAsync(request, timeout, cancellationToken);
        switch (end)
        {
            case RequestEnd.Refused:
                call?.Refused(error?.Code ?? IbkrErrorCodes.Rejected);
                break;
            case RequestEnd.Lost or RequestEnd.Forgotten or RequestEnd.TimedOut or RequestEnd.Broken:
                call?.Failed(error?.Code ?? IbkrErrorCodes.Lost);
                break;
            default:
                call?.Done(rows: 0, bytes: 0);
                break;
        }

        return (end, error);
    }

    private async Task<(RequestEnd End, IbkrException? Error)> AskOnceAsync(
        GatewayRequest request,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        GatewayConnection? connection = null;
        try
        {
            connection = await SendAsync(request, cancellationToken);
            return (await request.Ended.WaitAsync(timeout, _clock, cancellationToken), request.Error);
        }
        catch (TimeoutException)
        {
            return connection is { Link.IsCompleted: false }
                ? (RequestEnd.Lost, IbkrErrors.LinkDown(request.Name, connection.Where, timeout))
                : (RequestEnd.TimedOut, IbkrErrors.Timeout(request.Name, request.Subject, timeout));
        }
        catch (IbkrException e)
        {
            return (RequestEnd.Refused, e);
        }
        finally
        {
            Leave(request, connection);
        }
    }

    private async Task CancelAsync(GatewayRequest request, GatewayConnection connection)
    {
        try
        {
            await _messages.TakeAsync(_stop.Token);
            connection.SendCancel(request);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The client is closing, and its connection takes everything with it.
        }

        GiveBack(request);
    }

    private void GiveBack(GatewayRequest request)
    {
        if (request.IsMarketData)
        {
            Lines.GiveBack();
        }
        else
        {
            _others.Release();
        }
    }
}
