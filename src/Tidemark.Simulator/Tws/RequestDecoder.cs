namespace Tidemark.Simulator.Tws;

/// <summary>Reads what a client of server version 176 sends after the greeting. Further fields at the end are let through.</summary>
internal static class RequestDecoder
{
    private const int LegFields = 4;
    private const int DeltaNeutralFields = 3;

    /// <summary>The request in a payload.</summary>
    /// <exception cref="UnreadableFieldException">A field is missing or no number, or the message is unknown.</exception>
    public static ClientRequest Read(ReadOnlySpan<byte> payload)
    {
        var fields = new FieldReader(payload);
        var kind = (TwsRequest)fields.Int("Message Id");
        switch (kind)
        {
            case TwsRequest.StartApi:
                fields.Skip("Version");
                return new StartApi(fields.Int("Client Id"));
            case TwsRequest.ReqMktData:
                return MarketData(ref fields);
            case TwsRequest.ReqMarketDataType:
                fields.Skip("Version");
                return new MarketDataTypeRequest(fields.Int("Market Data Type"));
            case TwsRequest.ReqContractDetails:
                fields.Skip("Version");
                var details = fields.RequestId();
                return new ContractDetailsRequest(details, Contract(ref fields), fields.Bool("Include Expired"));
            case TwsRequest.ReqSecDefOptParams:
                return new OptionParametersRequest(
                    fields.RequestId(),
                    fields.Text("Underlying Symbol"),
                    fields.Text("Exchange"),
                    fields.Text("Security Type"),
                    fields.Int("Underlying Con Id")
                );
            case TwsRequest.ReqHistoricalData:
                return Historical(ref fields);
            case TwsRequest.ReqHeadTimestamp:
                var head = fields.RequestId();
                var contract = Contract(ref fields);
                fields.Skip("Include Expired");
                return new HeadTimestampRequest(
                    head,
                    contract,
                    fields.Bool("Use RTH"),
                    fields.Text("What To Show"),
                    fields.Int("Format Date")
                );
            default:
                return Plain(kind, ref fields);
        }
    }

    private static PlainRequest Plain(TwsRequest kind, ref FieldReader fields)
    {
        const int none = GatewayMessages.NoRequest;
        switch (kind)
        {
            // A version, and nothing that matters.
            case TwsRequest.ReqCurrentTime:
            case TwsRequest.ReqIds:
            case TwsRequest.ReqManagedAccts:
            case TwsRequest.SetServerLogLevel:
            case TwsRequest.ReqAutoOpenOrders:
            case TwsRequest.ReqOpenOrders:
            case TwsRequest.ReqAllOpenOrders:
            case TwsRequest.ReqPositions:
            case TwsRequest.CancelPositions:
                fields.Skip("Version");
                return new PlainRequest(kind, none);
            case TwsRequest.ReqCompletedOrders:
                fields.Skip("Api Only");
                return new PlainRequest(kind, none);
            case TwsRequest.ReqAccountUpdates:
                fields.Skip("Version");
                var isOn = fields.Bool("Subscribe");
                return new PlainRequest(kind, isOn ? 1 : 0, fields.Text("Account Code"));

            // A version, then an id.
            case TwsRequest.CancelMktData:
            case TwsRequest.CancelHistoricalData:
            case TwsRequest.ReqExecutions:
            case TwsRequest.CancelAccountSummary:
            case TwsRequest.CancelPositionsMulti:
            case TwsRequest.CancelAccountUpdatesMulti:
            case TwsRequest.CalcImpliedVol:
            case TwsRequest.CalcOptionPrice:
            case TwsRequest.CancelCalcImpliedVol:
            case TwsRequest.CancelCalcOptionPrice:
            case TwsRequest.CancelOrder:
                fields.Skip("Version");
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

            // An id without a version.
            case TwsRequest.ReqMatchingSymbols:
            case TwsRequest.ReqSmartComponents:
                return new PlainRequest(kind, fields.RequestId(), fields.Text("Argument"));
            case TwsRequest.ReqMarketRule:
            case TwsRequest.PlaceOrder:
            case TwsRequest.CancelHeadTimestamp:
            case TwsRequest.CancelTickByTickData:
            case TwsRequest.ReqTickByTickData:
            case TwsRequest.ReqHistoricalTicks:
                return new PlainRequest(kind, fields.RequestId());
            default:
                throw new UnreadableFieldException(none, "Message Id", kind.Name());
        }
    }

    private static MarketDataRequest MarketData(ref FieldReader fields)
    {
        fields.Skip("Version");
        var id = fields.RequestId();
        var contract = Contract(ref fields);
        SkipLegs(ref fields, contract);
        if (fields.Bool("Delta Neutral Contract"))
        {
            fields.Skip("Delta Neutral Contract", DeltaNeutralFields);
        }

        return new MarketDataRequest(
            id,
            contract,
            fields.Text("Generic Tick List"),
            fields.Bool("Snapshot"),
            fields.Bool("Regulatory Snapshot")
        );
    }

    private static HistoricalRequest Historical(ref FieldReader fields)
    {
        var id = fields.RequestId();
        var contract = Contract(ref fields);
        fields.Skip("Include Expired");
        var end = fields.Text("End Date Time");
        var barSize = fields.Text("Bar Size");
        var duration = fields.Text("Duration");
        var regularHours = fields.Bool("Use RTH");
        var whatToShow = fields.Text("What To Show");
        var format = fields.Int("Format Date");
        SkipLegs(ref fields, contract);
        return new HistoricalRequest(
            id,
            contract,
            end,
            barSize,
            duration,
            regularHours,
            whatToShow,
            format,
            fields.Bool("Keep Up To Date")
        );
    }

    private static void SkipLegs(ref FieldReader fields, ContractQuery contract)
    {
        if (contract.SecType == "BAG")
        {
            fields.Skip("Combo Legs", Math.Clamp(fields.Int("Combo Legs"), 0, FrameBuffer.MaxPayload) * LegFields);
        }
    }

    private static ContractQuery Contract(ref FieldReader fields) =>
        new(
            fields.Int("Con Id"),
            fields.Text("Symbol"),
            fields.Text("Security Type"),
            fields.Text("Last Trade Date"),
            fields.Double("Strike"),
            fields.Text("Right"),
            fields.Text("Multiplier"),
            fields.Text("Exchange"),
            fields.Text("Primary Exchange"),
            fields.Text("Currency"),
            fields.Text("Local Symbol"),
            fields.Text("Trading Class")
        );
}
