namespace Tidemark.Simulator.Tws;

/// <summary>
/// Answers requests that have nothing to do with options: news, scanners, depth, fundamentals, profits. None of this is
/// simulated, but every request gets its end or its refusal, so that no client waits for one.
/// </summary>
internal sealed class InformationHandler(TwsSession session)
{
    private FrameBuffer Out => session.Out;

    /// <summary>Answers a request; false when it is none of these.</summary>
    public bool TryAnswer(PlainRequest request)
    {
        var id = request.Id;
        switch (request.Kind)
        {
            case TwsRequest.ReqScannerParameters:
                InformationMessages.ScannerParameters(Out);
                break;
            case TwsRequest.ReqScannerSubscription:
                InformationMessages.ScannerData(Out, id);
                break;
            case TwsRequest.QueryDisplayGroups:
                InformationMessages.DisplayGroupList(Out, id);
                break;
            case TwsRequest.SubscribeToGroupEvents:
                InformationMessages.DisplayGroupUpdated(Out, id);
                break;
            case TwsRequest.ReqSoftDollarTiers:
                InformationMessages.SoftDollarTiers(Out, id);
                break;
            case TwsRequest.ReqFamilyCodes:
                InformationMessages.FamilyCodes(Out, session.Gateway.Options.Accounts);
                break;
            case TwsRequest.ReqMktDepthExchanges:
                InformationMessages.DepthExchanges(Out);
                break;
            case TwsRequest.ReqNewsProviders:
                InformationMessages.NewsProviders(Out);
                break;
            case TwsRequest.ReqHistoricalNews:
                InformationMessages.HistoricalNewsEnd(Out, id);
                break;
            case TwsRequest.ReqPnl:
                InformationMessages.Profit(Out, id);
                break;
            case TwsRequest.ReqPnlSingle:
                InformationMessages.ProfitOfPosition(Out, id);
                break;
            case TwsRequest.ReqUserInfo:
                InformationMessages.UserInfo(Out, id);
                break;
            default:
                if (Refusal(request) is not { } error)
                {
                    return false;
                }

                session.Error(id, error);
                break;
        }

        return true;
    }

    private static TwsError? Refusal(PlainRequest request) =>
        request.Kind switch
        {
            TwsRequest.ReqMktDepth => TwsError.NoDepth,
            TwsRequest.CancelMktDepth => TwsError.UnknownDepth(request.Id),
            TwsRequest.RequestFa or TwsRequest.ReplaceFa => TwsError.NoAdvisor,
            TwsRequest.ReqFundamentalData => TwsError.NoFundamentals,
            TwsRequest.ReqNewsArticle => TwsError.NoArticle,
            TwsRequest.ReqHistogramData => TwsError.NoHistogram,
            TwsRequest.ReqWshMetaData or TwsRequest.ReqWshEventData => TwsError.NoCalendar,
            TwsRequest.ReqHistoricalTicks => TwsError.NoHistoricalTicks,
            TwsRequest.ReqTickByTickData => TwsError.NoTickByTick,
            TwsRequest.ReqGlobalCancel or TwsRequest.ExerciseOptions => TwsError.ReadOnly,
            _ => null,
        };
}
