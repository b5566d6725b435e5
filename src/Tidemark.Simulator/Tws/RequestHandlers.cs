namespace Tidemark.Simulator.Tws;

/// <summary>Passes each request of one client to its handler.</summary>
internal sealed class RequestHandlers : IDisposable
{
    private readonly TwsSession _session;
    private readonly ContractHandler _contracts;
    private readonly MarketDataHandler _marketData;
    private readonly HistoryHandler _history;
    private readonly RealTimeBarsHandler _realTimeBars;
    private readonly CalculationHandler _calculations;
    private readonly AccountHandler _accounts;
    private readonly InformationHandler _information;

    public RequestHandlers(TwsSession session)
    {
        _session = session;
        _contracts = new ContractHandler(session);
        _marketData = new MarketDataHandler(session, _contracts);
        _history = new HistoryHandler(session, _contracts);
        _realTimeBars = new RealTimeBarsHandler(session, _contracts);
        _calculations = new CalculationHandler(session, _contracts);
        _accounts = new AccountHandler(session);
        _information = new InformationHandler(session);
    }

    public void Answer(ClientRequest request)
    {
        switch (request)
        {
            case MarketDataRequest data:
                _marketData.Request(data);
                break;
            case MarketDataTypeRequest type:
                _marketData.ChooseType(type.Type);
                break;
            case ContractDetailsRequest details:
                _contracts.Details(details);
                break;
            case OptionParametersRequest parameters:
                _contracts.OptionParameters(parameters);
                break;
            case HistoricalRequest bars:
                _history.Request(bars);
                break;
            case HeadTimestampRequest head:
                _history.Head(head);
                break;
            case RealTimeBarsRequest realTime:
                _realTimeBars.Request(realTime);
                break;
            case CalculationRequest calculation:
                _calculations.Answer(calculation);
                break;
            case PlainRequest plain:
                Answer(plain);
                break;
        }
    }

    /// <summary>Ends every stream of quotes, because the link to the vendor was lost.</summary>
    public void LoseData() => _marketData.CloseAll();

    public void Dispose() => _marketData.Dispose();

    private void Answer(PlainRequest request)
    {
        switch (request.Kind)
        {
            case TwsRequest.CancelMktData:
                _marketData.Cancel(request.Id);
                break;
            case TwsRequest.CancelHistoricalData:
                _history.Cancel(request.Id);
                break;
            case TwsRequest.CancelRealTimeBars:
                _realTimeBars.Cancel(request.Id);
                break;
            case TwsRequest.ReqMatchingSymbols:
                _contracts.Search(request.Id, request.Argument);
                break;
            case TwsRequest.ReqCurrentTime:
                GatewayMessages.CurrentTime(_session.Out, _session.Now);
                break;
            case TwsRequest.ReqIds:
                GatewayMessages.NextValidId(_session.Out, 1);
                break;
            case TwsRequest.PlaceOrder:
            case TwsRequest.CancelOrder:
                _session.Error(request.Id, TwsError.ReadOnly);
                break;
            default:
                if (!_information.TryAnswer(request))
                {
                    _accounts.Answer(request);
                }

                break;
        }
    }
}
