namespace Tidemark.Simulator.Tws;

/// <summary>Reads requests of which only the id or one argument matters.</summary>
internal static class PlainRequests
{
    /// <summary>Reads a request whose number has been read.</summary>
    /// <exception cref="UnreadableFieldException">
    /// A field is missing or no number, or the message is unknown.
    /// </exception>
    public static PlainRequest Read(TwsRequest kind, ref FieldReader fields)
    {
        const int none = GatewayMessages.NoRequest;
        switch (kind)
        {
            // Neither an id nor anything else that matters; some have a version, some have nothing.
            case TwsRequest.ReqCurrentTime:
            case TwsRequest.ReqIds:
            case TwsRequest.ReqManagedAccts:
            case TwsRequest.SetServerLogLevel:
            case TwsRequest.ReqAutoOpenOrders:
            case TwsRequest.ReqOpenOrders:
            case TwsRequest.ReqAllOpenOrders:
            case TwsRequest.ReqPositions:
            case TwsRequest.CancelPositions:
            case TwsRequest.ReqNewsBulletins:
            case TwsRequest.CancelNewsBulletins:
            case TwsRequest.RequestFa:
            case TwsRequest.ReqScannerParameters:
            case TwsRequest.ReqGlobalCancel:
                fields.Skip("Version");
                return new PlainRequest(kind, none);
            case TwsRequest.ReqCompletedOrders:
                fields.Skip("Api Only");
                return new PlainRequest(kind, none);
            case TwsRequest.ReqFamilyCodes:
            case TwsRequest.ReqMktDepthExchanges:
            case TwsRequest.ReqNewsProviders:
                return new PlainRequest(kind, none);
            case TwsRequest.ReqAccountUpdates:
                fields.Skip("Version");
                var isOn = fields.Bool("Subscribe");
                return new PlainRequest(kind, isOn ? 1 : 0, fields.Text("Account Code"));
            case TwsRequest.ReplaceFa:
                fields.Skip("Version", 3); // and which data, and the data
                return new PlainRequest(kind, fields.RequestId());

            // A version, an id, and a text.
            case TwsRequest.ReqPositionsMulti:
            case TwsRequest.ReqAccountUpdatesMulti:
                fields.Skip("Version");
                return new PlainRequest(kind, fields.RequestId(), fields.Text("Account"));
            case TwsRequest.ReqAccountSummary:
                fields.Skip("Version");
                var summary = fields.RequestId();
                fields.Skip("Group");
                return new PlainRequest(kind, summary, fields.Text("Tags"));

            // An id without a version, and a text.
            case TwsRequest.ReqMatchingSymbols:
            case TwsRequest.ReqSmartComponents:
                return new PlainRequest(kind, fields.RequestId(), fields.Text("Argument"));
            default:
                return OnlyId(kind, ref fields);
        }
    }

    private static PlainRequest OnlyId(TwsRequest kind, ref FieldReader fields)
    {
        switch (kind)
        {
            // A version before the id.
            case TwsRequest.CancelMktData:
            case TwsRequest.CancelHistoricalData:
            case TwsRequest.ReqExecutions:
            case TwsRequest.CancelAccountSummary:
            case TwsRequest.CancelPositionsMulti:
            case TwsRequest.CancelAccountUpdatesMulti:
            case TwsRequest.CancelCalcImpliedVol:
            case TwsRequest.CancelCalcOptionPrice:
            case TwsRequest.CancelOrder:
            case TwsRequest.ReqMktDepth:
            case TwsRequest.CancelMktDepth:
            case TwsRequest.ExerciseOptions:
            case TwsRequest.CancelScannerSubscription:
            case TwsRequest.CancelRealTimeBars:
            case TwsRequest.ReqFundamentalData:
            case TwsRequest.CancelFundamentalData:
            case TwsRequest.QueryDisplayGroups:
            case TwsRequest.SubscribeToGroupEvents:
            case TwsRequest.UpdateDisplayGroup:
            case TwsRequest.UnsubscribeFromGroupEvents:
                fields.Skip("Version");
                return new PlainRequest(kind, fields.RequestId());

            case TwsRequest.ReqMarketRule:
            case TwsRequest.PlaceOrder:
            case TwsRequest.CancelHeadTimestamp:
            case TwsRequest.CancelTickByTickData:
            case TwsRequest.ReqTickByTickData:
            case TwsRequest.ReqHistoricalTicks:
            case TwsRequest.ReqScannerSubscription:
            case TwsRequest.ReqSoftDollarTiers:
            case TwsRequest.ReqNewsArticle:
            case TwsRequest.ReqHistoricalNews:
            case TwsRequest.ReqHistogramData:
            case TwsRequest.CancelHistogramData:
            case TwsRequest.ReqPnl:
            case TwsRequest.CancelPnl:
            case TwsRequest.ReqPnlSingle:
            case TwsRequest.CancelPnlSingle:
            case TwsRequest.ReqWshMetaData:
            case TwsRequest.CancelWshMetaData:
            case TwsRequest.ReqWshEventData:
            case TwsRequest.CancelWshEventData:
            case TwsRequest.ReqUserInfo:
                return new PlainRequest(kind, fields.RequestId());
            default:
                throw new UnreadableFieldException(GatewayMessages.NoRequest, "Message Id", kind.Name());
        }
    }
}
