using System.Net;
using System.Net.Sockets;
using Tidemark.Core.Errors;
using Tidemark.Simulator.Tws;
using Tidemark.Testing;

namespace Tidemark.Simulator.Tests.Tws;

/// <summary>A session that is written down, without whose it was, and played again.</summary>
public sealed class RecordingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tidemark-tws-");

    private string File => Path.Combine(_folder.FullName, "session.tws");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Recorder_BetweenClientAndGateway_PassesEveryByteUnchanged()
    {
        await using var gateway = await TestGateway.StartAsync();
        var direct = await gateway.ClientAsync(1);
        await using var recorder = await RecordAsync(gateway);
        await using var client = await TwsTestClient.StartAsync(recorder.Port, 2);
        string[] requests = [Ask.Details(1, Ask.Option()), Ask.Chain(2), Ask.Snapshot(3), "6␀2␀1␀DU1234567␀"];
        await direct.SendAsync(requests);
        await client.SendAsync(requests);

        (await client.ReadAllAsync()).ShouldBe(await direct.ReadAllAsync());
    }

    [Fact]
    public async Task Recording_OfASession_IsLinesWithoutAccountsAndAmounts()
    {
        await using (var gateway = await TestGateway.StartAsync())
        {
            await using var recorder = await RecordAsync(gateway);
            await using var client = await TwsTestClient.StartAsync(recorder.Port);
            await client.SendAsync(
                "6␀2␀1␀DU1234567␀",
                "3␀77␀secret order␀",
                Ask.Snapshot(3),
                "62␀1␀9␀All␀NetLiquidation␀",
                "76␀1␀8␀DU1234567␀␀0␀"
            );
            await client.ReadAllAsync();
        }

        var text = await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken);

        text.ShouldNotContain("1234567");
        text.ShouldNotContain("1000000.00");
        text.ShouldNotContain("secret");
        var lines = text.Split('\n');
        lines[0].ShouldBe("tidemark-tws-recording 1");
        lines[2].ShouldBe("0.000000 1 > API␀ v100..176");
        lines.ShouldContain("0.000000 1 < 15␀1␀DU0000001␀");
        lines.ShouldContain("0.000000 1 > 6␀2␀1␀DU0000001␀");
        lines.ShouldContain("0.000000 1 < 6␀2␀NetLiquidation␀0.0␀USD␀DU0000001␀");
        lines.ShouldContain("0.000000 1 < 63␀1␀9␀DU0000001␀NetLiquidation␀0.0␀USD␀");
        lines.ShouldContain("0.000000 1 > 3␀*␀");
        lines.ShouldContain("0.000000 1 < 1␀6␀3␀1␀5.1␀12␀1␀");
    }

    [Fact]
    public async Task Recording_OfQuestionsAndAnswers_HasEveryQuestionBeforeItsAnswer()
    {
        const int rounds = 200;
        await using (var gateway = await TestGateway.StartAsync(o => o with { Limits = TwsLimits.None }))
        {
            await using var recorder = await RecordAsync(gateway);
            await using var client = await TwsTestClient.StartAsync(recorder.Port);
            for (var round = 0; round < rounds; round++)
            {
                await client.SendAsync("49␀1␀");
                await client.ReadUntilAsync("49␀1␀");
            }
        }

        var lines = await System.IO.File.ReadAllLinesAsync(File, TestContext.Current.CancellationToken);
        var directions = lines.Where(l => l.Contains(" 49␀1␀")).Select(l => l.Contains(" > ") ? '>' : '<');

        string.Concat(directions).ShouldBe(string.Concat(Enumerable.Repeat("><", rounds)));
    }

    [Fact]
    public async Task Player_AskedTheSameUnderOtherIds_AnswersAsWasAnswered()
    {
        List<string> recorded;
        await using (var gateway = await TestGateway.StartAsync())
        {
            await using var recorder = await RecordAsync(gateway);
            await using var client = await TwsTestClient.StartAsync(recorder.Port);
            await client.SendAsync(
                Ask.Snapshot(33),
                Ask.Snapshot(34, Ask.Put),
                Ask.Snapshot(35, Ask.Option(strike: "1")),
                Ask.Chain(36)
            );
            recorded = await client.ReadAllAsync();
        }

        await using var player = await PlayAsync(keepsTime: false);
        await using var again = await TwsTestClient.StartAsync(player.Port, clientId: 42);

        // In another order, too.
        await again.SendAsync(
            Ask.Chain(136),
            Ask.Snapshot(134, Ask.Put),
            Ask.Snapshot(133),
            Ask.Snapshot(135, Ask.Option(strike: "1"))
        );

        var played = await again.ReadAllAsync();
        played.Count.ShouldBe(recorded.Count);
        foreach (var id in (int[])[33, 34, 35, 36])
        {
            Of(played, 100 + id).ShouldBe(Of(recorded, id).Select(frame => frame.Replace($"␀{id}␀", $"␀{100 + id}␀")));
        }

        static IEnumerable<string> Of(List<string> frames, int id) =>
            frames.Where(frame => frame.Split('␀') is var fields && (fields[1] == $"{id}" || fields[2] == $"{id}"));
    }

    [Fact]
    public async Task Player_AskedWhatWasNotRecorded_NamesTheRequest()
    {
        await RecordSnapshotAsync();
        await using var player = await PlayAsync(keepsTime: false);
        await using var client = await TwsTestClient.StartAsync(player.Port);

        await client.SendAsync(Ask.Snapshot(9, Ask.Put), "49␀1␀");

        (await client.ReadAsync()).ShouldBe(
            "4␀2␀9␀321␀Error validating request.-'bQ' : cause - The recording has no request reqMktData with "
                + "1 11 9 727230002 0 SMART 0 1 0␀␀"
        );
        (await client.ReadAsync()).ShouldStartWith("49␀1␀");
    }

    [Fact]
    public async Task Player_KeepingTime_AnswersAfterAsLong()
    {
        await System.IO.File.WriteAllLinesAsync(
            File,
            [
                "tidemark-tws-recording 1",
                "# by hand",
                "0.000000 1 > API␀ v100..176",
                "0.010000 1 < 176␀20251120 12:00:00 Eastern Standard Time␀",
                "0.100000 1 > 71␀2␀1␀␀",
                "0.100000 1 < 15␀1␀DU0000001␀",
                "0.100000 1 < 9␀1␀1␀",
                "0.100000 1 < 4␀2␀-1␀2104␀one␀␀",
                "0.100000 1 < 4␀2␀-1␀2106␀two␀␀",
                "0.100000 1 < 4␀2␀-1␀2158␀a\\\\b\\xfc␀␀",
                "1.000000 1 > 49␀1␀",
                "1.000000 1 < 49␀1␀1763658000␀",
                "2.000000 1 > 81␀5␀AA␀",
                "3.500000 1 < 79␀5␀0␀",
            ],
            TestContext.Current.CancellationToken
        );
        var clock = new ManualClock();
        await using var player = await PlayAsync(keepsTime: true, clock);
        await using var client = await TwsTestClient.StartAsync(player.Port);
        await client.SendAsync("81␀8␀AA␀");
        (await client.ReadAllAsync()).ShouldBeEmpty();
        clock.Advance(TimeSpan.FromSeconds(1.49));
        (await client.ReadAllAsync()).ShouldBeEmpty();

        clock.Advance(TimeSpan.FromSeconds(0.01));

        (await client.ReadAllAsync()).ShouldBe(["79␀8␀0␀"]);
    }

    [Theory]
    [InlineData("nonsense", "does not begin with")]
    [InlineData("tidemark-tws-recording 1\n0.1 1 > 71␀2\n", "line 2")]
    [InlineData("tidemark-tws-recording 1\n0.1 x > 71␀2␀\n", "line 2")]
    [InlineData("tidemark-tws-recording 1\n0.1 1 = 71␀2␀\n", "line 2")]
    [InlineData("tidemark-tws-recording 1\n\n0.1 1 > 71␀\\q␀\n", "line 3")]
    [InlineData("tidemark-tws-recording 1\n# nobody came\n", "has no frames")]
    public async Task Player_OfWhatIsNoRecording_SaysWhatIsWrong(string content, string message)
    {
        await System.IO.File.WriteAllTextAsync(File, content, TestContext.Current.CancellationToken);

        var error = await Should.ThrowAsync<TidemarkException>(() => PlayAsync(keepsTime: false));

        error.Code.ShouldBe("RECORDING_INVALID");
        error.Message.ShouldContain(message);
        error.Message.ShouldContain(File);
    }

    [Fact]
    public async Task Recorder_WithoutAGateway_ClosesTheClientAndSaysSo()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var nobody = ((IPEndPoint)taken.LocalEndPoint!).Port;
        await using (var recorder = await RecordAsync(nobody))
        {
            await using var client = await TwsTestClient.ConnectAsync(recorder.Port);
            (await client.ReadToEndAsync()).ShouldBeEmpty();
        }

        (await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken)).ShouldContain(
            "the gateway cannot be reached"
        );
    }

    [Fact]
    public async Task Recorder_OfWhatIsNoFrame_PassesItOnAndSaysSo()
    {
        await using (
            var gateway = await TestGateway.StartAsync(faults: "- {vendor: tws, api: reqMktData, do: garbage}")
        )
        {
            await using var recorder = await RecordAsync(gateway);
            await using var client = await TwsTestClient.StartAsync(recorder.Port);
            await client.SendAsync(Ask.Snapshot(3));
            client.CloseSending();
            System.Text.Encoding.ASCII.GetString(await client.ReadToEndAsync()).ShouldStartWith("<html>");
        }

        (await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken)).ShouldContain(
            "is no frame"
        );
    }

    [Fact]
    public async Task Recorder_FileInNoFolder_SaysSo()
    {
        var options = new TwsRecorderOptions
        {
            UpstreamHost = "127.0.0.1",
            UpstreamPort = 1,
            Path = Path.Combine(_folder.FullName, "missing", "session.tws"),
        };

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            TwsRecorder.StartAsync(options, TestContext.Current.CancellationToken)
        );

        error.Code.ShouldBe("RECORDING_UNWRITABLE");
    }

    private async Task RecordSnapshotAsync()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var recorder = await RecordAsync(gateway);
        await using var client = await TwsTestClient.StartAsync(recorder.Port);
        await client.SendAsync(Ask.Snapshot(3));
        await client.ReadAllAsync();
    }

    private Task<TwsRecorder> RecordAsync(TestGateway gateway) => RecordAsync(gateway.Simulator.Port);

    private Task<TwsRecorder> RecordAsync(int upstream) =>
        TwsRecorder.StartAsync(
            new TwsRecorderOptions
            {
                UpstreamHost = "127.0.0.1",
                UpstreamPort = upstream,
                Path = File,
                TimeProvider = new ManualClock(),
            },
            TestContext.Current.CancellationToken
        );

    private Task<TwsPlayer> PlayAsync(bool keepsTime, ManualClock? clock = null) =>
        TwsPlayer.StartAsync(
            new TwsPlayerOptions
            {
                Path = File,
                KeepsTime = keepsTime,
                TimeProvider = clock ?? new ManualClock(),
            },
            TestContext.Current.CancellationToken
        );
}
