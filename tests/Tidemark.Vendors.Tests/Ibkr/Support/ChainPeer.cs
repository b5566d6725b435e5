namespace Tidemark.Vendors.Tests.Ibkr.Support;

/// <summary>Answers every request at once and well: for tests of what happens around the answers.</summary>
internal sealed class ChainPeer
{
    /// <summary>Called before each answer; returns whether to go on.</summary>
    public Func<PeerSession, string[], Task<bool>> Before { get; init; } = (_, _) => Task.FromResult(true);

    public async Task PlayAsync(PeerSession session)
    {
        await session.StartAsync(nextId: session.Number * 1000);
        while (true)
        {
            var message = await session.ReadAsync();
            if (!await Before(session, message))
            {
                return;
            }

            await AnswerAsync(session, message);
        }
    }

    /// <summary>Bid is the strike's hundredth, so that answers can be told apart.</summary>
    public async Task AnswerAsync(PeerSession session, string[] message)
    {
        var id = message.Length > 2 ? message[2] : "";
        switch (message[0])
        {
            case "1":
                var bid = double.Parse(message[7]) / 100;
                await session.SendAsync($"58␀1␀{id}␀1␀", $"1␀6␀{id}␀1␀{bid}␀12␀0␀", $"57␀1␀{id}␀");
                break;
            case "9":
                await session.SendAsync($"52␀1␀{id}␀");
                break;
            case "49":
                await session.SendAsync("49␀1␀1763672130␀");
                break;
        }
    }
}
