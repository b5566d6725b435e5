namespace Tidemark.Vendors.Ibkr.Wire;

/// <summary>
/// Payloads of server version 176 to calls of a sink, field by field in place: no object a tick. Never throws for what
/// a payload holds; a message that makes no sense is told with the request that it belongs to, and the next one is read
/// as if nothing had been. For one thread.
/// </summary>
internal sealed class FrameDecoder(IGatewaySink sink)
{
    private readonly TextPool _texts = new();

    public void Decode(ReadOnlySpan<byte> payload)
    {
        var fields = new FieldReader(payload);
        var message = fields.NextInt();
        if (fields.IsBroken)
        {
            sink.OnBroken(-1, -1);
            return;
        }

        var request = message switch
        {
            GatewayMessage.TickPrice => Price(ref fields),
            GatewayMessage.TickSize => Size(ref fields),
            GatewayMessage.TickOptionComputation => Computation(ref fields),
            GatewayMessage.TickGeneric => Generic(ref fields),
            GatewayMessage.TickString => Text(ref fields),
            GatewayMessage.MarketDataType => DataType(ref fields),
            GatewayMessage.TickSnapshotEnd or GatewayMessage.ContractDataEnd => VersionedEnd(ref fields),
            GatewayMessage.SecDefOptParameterEnd => End(ref fields),
            GatewayMessage.Error => Error(ref fields),
            GatewayMessage.NextValidId => NextValidId(ref fields),
            GatewayMessage.ManagedAccounts => Accounts(ref fields),
            GatewayMessage.CurrentTime => CurrentTime(ref fields),
            GatewayMessage.ContractData => Part(ref fields, _texts, AnswerDecoder.Contract),
            GatewayMessage.SecDefOptParameter => Part(ref fields, _texts, AnswerDecoder.Chain),
            GatewayMessage.HistoricalData => Whole(ref fields, _texts, AnswerDecoder.Bars),
            GatewayMessage.SymbolSamples => Whole(ref fields, _texts, AnswerDecoder.Symbols),
            GatewayMessage.HeadTimestamp => Whole(ref fields, _texts, AnswerDecoder.HeadTimestamp),
            _ => Other(ref fields, message),
        };
        if (fields.IsBroken)
        {
            sink.OnBroken(message, request);
        }
        else if (fields.HasMore)
        {
            sink.OnExtraFields(message);
        }
    }

    /// <summary>The request that a message belongs to; −1 when it cannot be read.</summary>
    private static int Id(ref FieldReader fields)
    {
        var id = fields.NextInt();
        return fields.IsBroken ? -1 : id;
    }

    private int Price(ref FieldReader fields)
    {
        fields.Skip(1);
        var id = Id(ref fields);
        var type = fields.NextInt();
        var price = fields.NextDouble();
        var size = fields.NextSize();
        fields.Skip(1);
        if (!fields.IsBroken)
        {
            sink.OnPrice(id, type, price, size);
        }

        return id;
    }

    private int Size(ref FieldReader fields)
    {
        fields.Skip(1);
        var id = Id(ref fields);
        var type = fields.NextInt();
        var size = fields.NextSize();
        if (!fields.IsBroken)
        {
            sink.OnSize(id, type, size);
        }

        return id;
    }

    private int Computation(ref FieldReader fields)
    {
        var id = Id(ref fields);
        var type = fields.NextInt();
        fields.Skip(1);
        var computation = OptionComputation.Of(
            fields.NextDouble(),
            fields.NextDouble(),
            fields.NextDouble(),
            fields.NextDouble(),
            fields.NextDouble(),
            fields.NextDouble(),
            fields.NextDouble(),
            fields.NextDouble()
        );
        if (!fields.IsBroken)
        {
            sink.OnComputation(id, type, computation);
        }

        return id;
    }

    private int Generic(ref FieldReader fields)
    {
        fields.Skip(1);
        var id = Id(ref fields);
        var type = fields.NextInt();
        var value = fields.NextDouble();
        if (!fields.IsBroken)
        {
            sink.OnGeneric(id, type, value);
        }

        return id;
    }

    private int Text(ref FieldReader fields)
    {
        fields.Skip(1);
        var id = Id(ref fields);
        var type = fields.NextInt();
        var text = fields.Next();
        if (!fields.IsBroken)
        {
            sink.OnText(id, type, text);
        }

        return id;
    }

    private int DataType(ref FieldReader fields)
    {
        fields.Skip(1);
        var id = Id(ref fields);
        var type = fields.NextInt();
        if (!fields.IsBroken)
        {
            sink.OnMarketDataType(id, type);
        }

        return id;
    }

    private int VersionedEnd(ref FieldReader fields)
    {
        fields.Skip(1);
        return End(ref fields);
    }

    private int End(ref FieldReader fields)
    {
        var id = Id(ref fields);
        if (!fields.IsBroken)
        {
            sink.OnEnd(id);
        }

        return id;
    }

    private int Error(ref FieldReader fields)
    {
        fields.Skip(1);
        var id = Id(ref fields);
        var code = fields.NextInt();
        var text = fields.NextText();
        fields.Skip(1);
        // Some old paths of the gateway write the largest number for "no request".
        id = id == int.MaxValue ? -1 : id;
        if (!fields.IsBroken)
        {
            sink.OnError(id, code, text);
        }

        return id;
    }

    private int NextValidId(ref FieldReader fields)
    {
        fields.Skip(1);
        var id = fields.NextInt();
        if (!fields.IsBroken)
        {
            sink.OnNextValidId(id);
        }

        return -1;
    }

    private int Accounts(ref FieldReader fields)
    {
        fields.Skip(1);
        var names = fields.Next();
        if (fields.IsBroken)
        {
            return -1;
        }

        var (accounts, paper) = (0, 0);
        foreach (var range in names.Split((byte)','))
        {
            var name = names[range].Trim((byte)' ');
            accounts += name.IsEmpty ? 0 : 1;
            paper += name.StartsWith("D"u8) ? 1 : 0;
        }

        sink.OnAccounts(accounts, paper);
        return -1;
    }

    private int CurrentTime(ref FieldReader fields)
    {
        fields.Skip(1);
        var seconds = fields.NextLong();
        if (!fields.IsBroken)
        {
            sink.OnCurrentTime(seconds);
        }

        return -1;
    }

    private int Part(ref FieldReader fields, TextPool texts, AnswerReader read)
    {
        var id = Id(ref fields);
        var part = read(ref fields, texts);
        if (!fields.IsBroken)
        {
            sink.OnPart(id, part);
        }

        return id;
    }

    /// <summary>A part that is the whole answer.</summary>
    private int Whole(ref FieldReader fields, TextPool texts, AnswerReader read)
    {
        var id = Part(ref fields, texts, read);
        if (!fields.IsBroken)
        {
            sink.OnEnd(id);
        }

        return id;
    }

    private int Other(ref FieldReader fields, int message)
    {
        sink.OnOther(message);
        while (fields.HasMore)
        {
            fields.Next();
        }

        // Nothing was expected of it, so nothing can be wrong with it.
        fields = new FieldReader(default);
        return -1;
    }

    private delegate object AnswerReader(ref FieldReader fields, TextPool texts);
}
