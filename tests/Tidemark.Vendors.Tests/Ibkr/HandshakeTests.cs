using System.Net;
using System.Net.Sockets;
using Tidemark.Testing;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Client;
using Tidemark.Vendors.Tests.Ibkr.Support;

namespace Tidemark.Vendors.Tests.Ibkr;

/// <summary>What can be wrong before the first request.</summary>
public sealed class HandshakeTests
{
    private const string Version = "176␀20251120 22:15:30 EST␀";

    [Fact]
    public async Task Connect_NobodyListens_SaysWhatToStart()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();

        var error = await FailureAsync(port);

        error.Code.ShouldBe(IbkrErrorCodes.Unreachable);
        error.Message.ShouldContain($"127.0.0.1:{port}");
        error.Message.ShouldContain("IB Gateway 4001 live, 4002 paper");
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "speaks HTTP")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n", "begins with 'SSH-2.0-OpenSSH_9.6")]
    public async Task Connect_SomethingElseListens_SaysWhatItSpeaks(string answer, string expected)
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.HelloAsync();
            await session.SendAsync(System.Text.Encoding.ASCII.GetBytes(answer));
            await session.StallAsync();
        });

        var error = await FailureAsync(peer.Port);

        error.Code.ShouldBe(IbkrErrorCodes.NotIb);
        error.Message.ShouldContain(expected);
    }

    [Fact]
    public async Task Connect_TlsAnswers_SaysToSwitchItOff()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.SendAsync([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]);
            await session.StallAsync();
        });

        (await FailureAsync(peer.Port)).Message.ShouldContain("SSL is on");
    }

    [Theory]
    [InlineData("151")]
    [InlineData("177")]
    [InlineData("203")]
    [InlineData("76")]
    public async Task Connect_AnotherVersion_NamesBothAndSaysToUpdate(string version)
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.HelloAsync();
            await session.SendAsync($"{version}␀20251120 22:15:30 EST␀");
            await session.StallAsync();
        });

        var error = await FailureAsync(peer.Port);

        error.Code.ShouldBe(IbkrErrorCodes.Version);
        error.Message.ShouldContain($"server version {version};");
        error.Message.ShouldContain("exactly 176");
        error.Message.ShouldContain("Update");
    }

    [Fact]
    public async Task Connect_ClosedAtOnce_SaysWhyThatHappens()
    {
        await using var peer = new GatewayPeer(async session => await session.HelloAsync());

        var error = await FailureAsync(peer.Port);

        error.Code.ShouldBe(IbkrErrorCodes.Dropped);
        error.Message.ShouldContain("trusted IPs");
    }

    [Fact]
    public async Task Connect_ResetAfterStart_SaysWhyThatHappens()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.HelloAsync();
            await session.SendAsync(Version);
            await session.ReadAsync();
            session.Reset();
        });

        (await FailureAsync(peer.Port)).Code.ShouldBe(IbkrErrorCodes.Dropped);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connect_NothingIsSaid_SaysSoAfterTheTimeout(bool isGreeted)
    {
        var clock = new ManualClock();
        await using var peer = new GatewayPeer(async session =>
        {
            await session.HelloAsync();
            if (isGreeted)
            {
                await session.SendAsync(Version);
                await session.ReadAsync();
            }

            clock.Advance(TimeSpan.FromSeconds(10));
            await session.StallAsync();
        });

        var error = await FailureAsync(peer.Port, clock);

        error.Code.ShouldBe(IbkrErrorCodes.Silent);
        error.Message.ShouldContain("not logged in");
        error.Message.ShouldContain("10 s");
    }

    [Fact]
    public async Task Connect_NoAccount_SaysToLogIn()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.HelloAsync();
            await session.SendAsync(Version);
            await session.ReadAsync();
            await session.SendAsync("9␀1␀1␀", "15␀1␀␀");
            await session.StallAsync();
        });

        (await FailureAsync(peer.Port)).Code.ShouldBe(IbkrErrorCodes.NoAccount);
    }

    [Fact]
    public async Task Connect_AccountNeverNamed_SaysToLogInAfterTheTimeout()
    {
        var time = new ManualClock();
        using var clock = new ArrivalClock(time);
        await using var peer = new GatewayPeer(async session =>
        {
            await session.HelloAsync();
            await session.SendAsync(Version);
            await session.ReadAsync();
            clock.Forget();
            await session.SendAsync("9␀1␀1␀");
            await clock.ArrivalAsync(session.Stop);
            await session.SendAsync("4␀2␀-1␀2104␀Market data farm connection is OK:usfarm␀␀");
            await clock.ArrivalAsync(session.Stop); // so the first has been read
            await time.WhenPendingAsync(t => t.SetTo == TimeSpan.FromSeconds(10), session.Stop);
            time.Advance(TimeSpan.FromSeconds(10));
            await session.StallAsync();
        });

        (await FailureAsync(peer.Port, clock)).Code.ShouldBe(IbkrErrorCodes.NoAccount);
    }

    [Fact]
    public async Task Connect_ClientIdInUse_SaysWhichAndWhatToDo()
    {
        await using var peer = new GatewayPeer(RefuseIdAsync);

        var error = await FailureAsync(peer.Port);

        error.Code.ShouldBe(IbkrErrorCodes.ClientId);
        error.GatewayCode.ShouldBe(326);
        error.Message.ShouldContain("Client id 1 ");
    }

    [Fact]
    public async Task Connect_OversizedFrame_IsRefusedBeforeItIsReadIn()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.HelloAsync();
            await session.SendAsync([0x7F, 0xFF, 0xFF, 0xFF, 1, 2, 3]);
            await session.StallAsync();
        });

        (await FailureAsync(peer.Port)).Code.ShouldBe(IbkrErrorCodes.NotIb);
    }

    [Fact]
    public async Task Connect_AccountBeforeOrAfterNotices_IsReady()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.HelloAsync();
            await session.SendAsync(Version);
            await session.ReadAsync();
            await session.SendAsync(
                "4␀2␀-1␀2104␀Market data farm connection is OK:usfarm␀␀",
                "9␀1␀500␀",
                "15␀1␀U7654321,DU1234567␀"
            );
            await session.SendAsync($"52␀1␀{(await session.ReadAsync())[2]}␀");
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);

        (client.Accounts, client.PaperAccounts, client.ClientId).ShouldBe((2, 1, 1));
        client.Notices.ShouldBe([(2104, "Market data farm connection is OK:usfarm")]);
        (await client.ContractDetailsAsync(Ib.Option, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Connect_Cancelled_IsCancelled()
    {
        using var cancelled = new CancellationTokenSource();
        await using var peer = new GatewayPeer(async session =>
        {
            await session.HelloAsync();
            await cancelled.CancelAsync();
            await session.StallAsync();
        });

        await Should.ThrowAsync<OperationCanceledException>(() =>
            IbkrClient.ConnectAsync(
                Ib.Fast(peer.Port),
                TimeProvider.System,
                new Random(1),
                Microsoft.Extensions.Logging.Abstractions.NullLogger<IbkrClient>.Instance,
                cancelled.Token
            )
        );
    }

    internal static async Task RefuseIdAsync(PeerSession session)
    {
        await session.HelloAsync();
        await session.SendAsync(Version);
        await session.ReadAsync();
        await session.SendAsync(
            "4␀2␀-1␀326␀Unable to connect as the client id is already in use. Retry with a unique client id.␀␀"
        );
    }

    private static async Task<IbkrException> FailureAsync(int port, TimeProvider? clock = null) =>
        await Should.ThrowAsync<IbkrException>(async () =>
        {
            await using var client = await Ib.ConnectAsync(Ib.Fast(port), clock);
        });

    /// <summary>Tells that the client has received something: it asks what time it is then, before it reads it.</summary>
    private sealed class ArrivalClock(ManualClock time) : TimeProvider, IDisposable
    {
        private readonly SemaphoreSlim _asked = new(0);

        public void Forget()
        {
            while (_asked.Wait(0)) { }
        }

        public void Dispose() => _asked.Dispose();

        public Task ArrivalAsync(CancellationToken cancellationToken) => _asked.WaitAsync(cancellationToken);

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override long GetTimestamp()
        {
            _asked.Release();
            return time.GetTimestamp();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, dueTime, period);
    }
}
