namespace Tidemark.Simulator.Tws;

/// <summary>
/// Reads the messages of a client of server version 176 after the greeting. Ignores further fields at the end.
/// </summary>
internal static class RequestDecoder
{
    private const int LegFields = 4;
    private const int DeltaNeutralFields = 3;

    /// <summary>The request in a payload.</summary>
    /// <exception cref="UnreadableFieldException">
    /// A field is missing or no number, or the message is unknown.
    /// </exception>
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
            case TwsRequest.ReqRealTimeBars:
                return RealTimeBars(ref fields);
            case TwsRequest.CalcImpliedVol:
            case TwsRequest.CalcOptionPrice:
                fields.Skip("Version");
                return new CalculationRequest(
                    kind,
                    fields.RequestId(),
                    Contract(ref fields),
                    fields.Double(kind == TwsRequest.CalcImpliedVol ? "Option Price" : "Volatility"),
                    fields.Double("Under Price")
                );
            default:
                return PlainRequests.Read(kind, ref fields);
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

    private static RealTimeBarsRequest RealTimeBars(ref FieldReader fields)
    {
        fields.Skip("Version");
        var id = fields.RequestId();
        var contract = Contract(ref fields);

        // Bars have five seconds, whatever length the client asks for.
        fields.Skip("Bar Size");
        return new RealTimeBarsRequest(id, contract, fields.Text("What To Show"), fields.Bool("Use RTH"));
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
