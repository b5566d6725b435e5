namespace Tidemark.Simulator.Tws;

/// <summary>A request in a recording, with all of its answers.</summary>
internal sealed record RecordedExchange(IReadOnlyList<string> Request, TimeSpan At)
{
    /// <summary>The answers in their order, and how long after the request they came.</summary>
    public List<(TimeSpan After, IReadOnlyList<string> Fields)> Answers { get; } = [];

    public int Message => RequestIds.Message(Request);

    /// <summary>Whether a client's request is the same, apart from its id.</summary>
    public bool Fits(IReadOnlyList<string> request)
    {
        // Accept every client that starts, whatever its client id.
        const int startApi = (int)TwsRequest.StartApi;
        if (Message == startApi)
        {
            return RequestIds.Message(request) == startApi;
        }

        if (request.Count != Request.Count)
        {
            return false;
        }

        var id = RequestIds.InRequest(Message);
        for (var i = 0; i < request.Count; i++)
        {
            if ((i != id || id == 0) && request[i] != Request[i])
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>One connection of a recording: its requests, each with its answers.</summary>
/// <param name="Greeting">The reply to the greeting; empty when there was none.</param>
internal sealed record RecordedConnection(IReadOnlyList<string> Greeting, IReadOnlyList<RecordedExchange> Exchanges)
{
    /// <summary>The connections of a recording, in the order of their clients. Redacted frames are left out.</summary>
    public static IReadOnlyList<RecordedConnection> All(IReadOnlyList<RecordedFrame> frames) =>
        [.. frames.GroupBy(frame => frame.Connection).OrderBy(group => group.Key).Select(group => From([.. group]))];

    private static RecordedConnection From(IReadOnlyList<RecordedFrame> frames)
    {
        IReadOnlyList<string> greeting = [];
        var exchanges = new List<RecordedExchange>();
        var byId = new Dictionary<int, RecordedExchange>();
        foreach (var frame in frames.Where(frame => !frame.IsRedacted))
        {
            if (frame.FromClient)
            {
                var message = RequestIds.Message(frame.Fields);
                if (message == GatewayMessages.NoRequest)
                {
                    // This frame is the greeting.
                    continue;
                }

                var exchange = new RecordedExchange(frame.Fields, frame.At);
                exchanges.Add(exchange);
                if (RequestIds.InRequest(message) is var place && place > 0)
                {
                    byId[RequestIds.Number(frame.Fields, place)] = exchange;
                }
            }
            else if (exchanges.Count == 0)
            {
                greeting = greeting.Count == 0 ? frame.Fields : greeting;
            }
            else
            {
                var owner = Owner(frame.Fields, exchanges, byId);
                owner.Answers.Add((frame.At - owner.At, frame.Fields));
            }
        }

        return new RecordedConnection(greeting, exchanges);
    }

    /// <summary>
    /// The request with an id; else the last request that asks for such a message; else the last of all.
    /// </summary>
    private static RecordedExchange Owner(
        IReadOnlyList<string> answer,
        List<RecordedExchange> exchanges,
        Dictionary<int, RecordedExchange> byId
    )
    {
        var message = RequestIds.Message(answer);
        var place = RequestIds.InAnswer(message);
        if (place > 0 && byId.TryGetValue(RequestIds.Number(answer, place), out var owner))
        {
            return owner;
        }

        var askedBy = RequestIds.AskedBy(message);
        for (var i = exchanges.Count - 1; i >= 0; i--)
        {
            if (askedBy.Contains(exchanges[i].Message))
            {
                return exchanges[i];
            }
        }

        return exchanges[^1];
    }
}
