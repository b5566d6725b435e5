using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Testing;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Client;
using Tidemark.Vendors.Tests.Ibkr.Support;

namespace Tidemark.Vendors.Tests.Ibkr;

/// <summary>What the doctor says about gateways that are well, and about those that are not.</summary>
public sealed class DoctorTests
{
    private static readonly DateTimeOffset s_now = new(2025, 11, 20, 15, 30, 0, TimeSpan.Zero);

    private static readonly string[] s_live =
    [
        "58␀1␀{0}␀1␀",
        "1␀6␀{0}␀1␀200␀12␀0␀",
        "1␀6␀{0}␀2␀200.1␀9␀0␀",
        "57␀1␀{0}␀",
    ];

    [Fact]
    public async Task Examine_GatewayThatIsWell_IsAllGreen()
    {
        await using var peer = new GatewayPeer(s => PlayAsync(s, s_live));

        var findings = await ExamineAsync(peer.Port);

        findings
            .Select(f => f.Name)
            .ShouldBe(["connection", "version", "account", "clock", "stock", "option", "farms"]);
        findings.ShouldAllBe(f => f.Result == DoctorResult.Ok && f.Advice == "");
        findings[^1].Message.ShouldBe("usfarm");
    }

    [Theory]
    [InlineData("58␀1␀{0}␀3␀|1␀6␀{0}␀66␀200␀12␀0␀|57␀1␀{0}␀", DoctorResult.Warn, "delayed quotes only")]
    [InlineData("4␀2␀{0}␀354␀Requested market data is not subscribed.␀␀", DoctorResult.Fail, "no quotes at all")]
    [InlineData(
        "4␀2␀{0}␀10090␀Part of requested market data is not subscribed.␀␀|1␀6␀{0}␀1␀200␀12␀0␀|57␀1␀{0}␀",
        DoctorResult.Warn,
        "quotes in part"
    )]
    [InlineData("1␀6␀{0}␀1␀-1␀0␀0␀|1␀6␀{0}␀9␀200␀0␀0␀|57␀1␀{0}␀", DoctorResult.Warn, "no quotes now")]
    public async Task Examine_Entitlement_IsToldForStockAndOption(string ticks, DoctorResult result, string message)
    {
        await using var peer = new GatewayPeer(s => PlayAsync(s, ticks.Split('|')));

        var findings = await ExamineAsync(peer.Port);

        foreach (var name in new[] { "stock", "option" })
        {
            var finding = findings.Single(f => f.Name == name);
            finding.Result.ShouldBe(result);
            finding.Message.ShouldContain(message);
            finding.Advice.ShouldNotBeEmpty();
        }
    }

    [Theory]
    [InlineData(0, DoctorResult.Ok)]
    [InlineData(20, DoctorResult.Warn)]
    [InlineData(-3600, DoctorResult.Fail)]
    public async Task Examine_Clock_IsCompared(int secondsApart, DoctorResult expected)
    {
        await using var peer = new GatewayPeer(s => PlayAsync(s, s_live, s_now.AddSeconds(secondsApart)));

        var findings = await ExamineAsync(peer.Port);

        findings.Single(f => f.Name == "clock").Result.ShouldBe(expected);
    }

    [Theory]
    [InlineData(4002, 1, 1, DoctorResult.Ok, "1 account(s), paper")]
    [InlineData(7496, 2, 0, DoctorResult.Ok, "2 account(s), live")]
    [InlineData(4001, 1, 1, DoctorResult.Warn, "1 account(s), paper, but port 4001 is usually for live trading")]
    [InlineData(7497, 1, 0, DoctorResult.Warn, "1 account(s), live, but port 7497 is usually for paper trading")]
    [InlineData(12345, 1, 0, DoctorResult.Ok, "1 account(s), live")]
    [InlineData(
        4002,
        2,
        1,
        DoctorResult.Warn,
        "2 account(s), live and paper, but port 4002 is usually for paper trading"
    )]
    public void Account_BehindAPort_IsComparedWithItsHabit(
        int port,
        int accounts,
        int paper,
        DoctorResult result,
        string message
    )
    {
        var finding = IbkrDoctor.Account(port, accounts, paper);

        (finding.Result, finding.Message).ShouldBe((result, message));
    }

    [Fact]
    public async Task Examine_BrokenFarm_IsNamed()
    {
        await using var peer = new GatewayPeer(s =>
            PlayAsync(
                s,
                [
                    "4␀2␀-1␀2104␀Market data farm connection is OK:usopt␀␀",
                    "4␀2␀-1␀2103␀Market data farm connection is broken:usopt␀␀",
                    .. s_live,
                ]
            )
        );

        var farms = (await ExamineAsync(peer.Port)).Single(f => f.Name == "farms");

        (farms.Result, farms.Message).ShouldBe((DoctorResult.Warn, "broken: usopt"));
    }

    [Fact]
    public async Task Examine_PortClosed_SaysWhatToStart()
    {
        // Bound and not listened on: nobody else is given the port meanwhile.
        using var bound = new Socket(SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var finding = (await ExamineAsync(((IPEndPoint)bound.LocalEndPoint!).Port)).Single();

        (finding.Name, finding.Result).ShouldBe(("connection", DoctorResult.Fail));
        finding.Advice.ShouldContain("Start TWS or IB Gateway");
    }

    [Fact]
    public async Task Examine_SilentPort_SaysToLogIn()
    {
        await using var peer = new GatewayPeer(s => s.StallAsync());

        var finding = await ImpatientAsync(peer.Port);

        finding.Result.ShouldBe(DoctorResult.Fail);
        finding.Advice.ShouldContain("Log in");
    }

    /// <summary>A web server that waits for the end of what it takes for a request.</summary>
    [Fact]
    public async Task Examine_PatientWebServer_IsFoundOut()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            var first = (await session.ReadExactlyAsync(3))[0];
            if (first == 'G')
            {
                await session.SendAsync("HTTP/1.1 404 Not Found\r\n\r\n"u8.ToArray());
            }

            await session.StallAsync();
        });

        var finding = await ImpatientAsync(peer.Port);

        finding.Message.ShouldContain("HTTP");
        finding.Advice.ShouldContain("4002");
    }

    [Fact]
    public async Task Examine_WebServerThatHangsUpOnTheGreeting_IsFoundOut()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            if ((await session.ReadExactlyAsync(1))[0] == 'G')
            {
                // All of it: an end with something unread would be a reset, which may overtake the answer.
                await session.ReadExactlyAsync("ET / HTTP/1.0\r\n\r\n".Length);
                await session.SendAsync("HTTP/1.1 404 Not Found\r\n\r\n"u8.ToArray());
            }
        });

        var finding = (await ExamineAsync(peer.Port)).Single();

        finding.Message.ShouldContain("HTTP");
        finding.Advice.ShouldContain("4002");
    }

    [Fact]
    public async Task Examine_AnotherVersion_SaysToUpdate()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.HelloAsync();
            await session.SendAsync("151␀20251120 22:15:30 EST␀");
        });

        var finding = (await ExamineAsync(peer.Port)).Single();

        (finding.Name, finding.Result).ShouldBe(("version", DoctorResult.Fail));
        finding.Message.ShouldContain("151");
    }

    [Fact]
    public async Task Examine_ClientIdInUse_SaysToTakeAnother()
    {
        await using var peer = new GatewayPeer(HandshakeTests.RefuseIdAsync);

        (await ExamineAsync(peer.Port)).Single().Advice.ShouldContain("client id");
    }

    private static async Task<DoctorFinding> ImpatientAsync(int port)
    {
        var options = Ib.Fast(port) with { ConnectTimeout = TimeSpan.FromMilliseconds(300) };
        return (await Doctor(options, TimeProvider.System).ExamineAsync(CancellationToken.None)).Single();
    }

    private static Task<IReadOnlyList<DoctorFinding>> ExamineAsync(int port) =>
        Doctor(Ib.Fast(port), new ManualClock(s_now)).ExamineAsync(CancellationToken.None);

    private static IbkrDoctor Doctor(IbkrClientOptions options, TimeProvider clock) =>
        new(options, clock, new Random(7), NullLogger<IbkrClient>.Instance);

    /// <summary>A stock, its chain, an option of it, and these answers to each request for quotes.</summary>
    private static async Task PlayAsync(PeerSession session, string[] quotes, DateTimeOffset? time = null)
    {
        await session.StartAsync();
        await session.SendAsync("4␀2␀-1␀2104␀Market data farm connection is OK:usfarm␀␀");
        while (true)
        {
            var message = await session.ReadAsync();
            string[] answer = message[0] switch
            {
                "1" => [.. quotes.Select(q => string.Format(q, message[2]))],
                "9" => [Golden.ContractData.Replace("10␀2␀", $"10␀{message[2]}␀"), $"52␀1␀{message[2]}␀"],
                "49" => [$"49␀1␀{(time ?? s_now).ToUnixTimeSeconds()}␀"],
                "78" => [$"75␀{message[1]}␀SMART␀265598␀AAPL␀100␀1␀20251219␀2␀200.0␀205.0␀", $"76␀{message[1]}␀"],
                _ => [],
            };
            await session.SendAsync(answer);
        }
    }
}
