using System.Net;
using System.Net.Sockets;
using Tidemark.Simulator.Tws;
using Tidemark.Testing;
using Tidemark.Testing.Tws;

namespace Tidemark.Simulator.Tests.Tws;

/// <summary>What a recording must not tell of whose it is.</summary>
public sealed class RedactionTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tidemark-tws-");

    private string File => Path.Combine(_folder.FullName, "session.tws");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("61␀3␀U1234567␀265598␀AAPL␀STK␀␀0.0␀␀␀NASDAQ␀USD␀AAPL␀NMS␀500␀180.5␀", "61␀*␀")]
    [InlineData("71␀1␀9␀U1234567␀265598␀AAPL␀STK␀␀0.0␀␀␀NASDAQ␀USD␀AAPL␀NMS␀500␀180.5␀Growth␀", "71␀*␀")]
    [InlineData("7␀8␀265598␀AAPL␀STK␀␀0.0␀␀␀NASDAQ␀USD␀AAPL␀NMS␀500␀201␀100500␀180␀1␀1␀U1234567␀", "7␀*␀")]
    [InlineData("3␀77␀Filled␀100␀0␀201.35␀1␀0␀201.35␀1␀␀0␀", "3␀*␀")]
    [InlineData("11␀9␀77␀265598␀AAPL␀STK␀", "11␀*␀")]
    [InlineData("63␀1␀9␀U1234567␀NetLiquidation␀1000000␀USD␀", "63␀1␀9␀U0000001␀NetLiquidation␀0.0␀USD␀")]
    [InlineData("73␀1␀9␀U1234567␀Growth␀Cash␀55␀USD␀", "73␀1␀9␀U0000001␀*␀Cash␀0.0␀USD␀")]
    [InlineData("78␀1␀U1234567␀F-Smith␀", "78␀1␀U0000001␀␀")]
    [InlineData("107␀9␀Some Bank␀", "107␀9␀*␀")]
    [InlineData("4␀2␀77␀399␀Order Message: BUY 100 AAPL␀{\"order\":1}␀", "4␀2␀77␀399␀*␀*␀")]
    [InlineData("4␀2␀9␀200␀No security definition␀␀", "4␀2␀9␀200␀No security definition␀␀")]
    [InlineData("65␀1␀secret␀", "65␀*␀")]
    public void Gateway_MessageAboutAnAccount_KeepsNothingOfIt(string frame, string kept) =>
        Redact(frame, fromClient: false).ShouldBe(kept);

    [Theory]
    [InlineData("62␀1␀9␀Family Smith␀NetLiquidation␀", "62␀1␀9␀*␀NetLiquidation␀")]
    [InlineData("62␀1␀9␀All␀NetLiquidation␀", "62␀1␀9␀All␀NetLiquidation␀")]
    [InlineData("74␀1␀9␀U1234567␀Growth␀", "74␀1␀9␀U0000001␀*␀")]
    [InlineData("76␀1␀9␀U1234567␀␀0␀", "76␀1␀9␀U0000001␀␀0␀")]
    [InlineData("92␀9␀U1234567␀␀", "92␀*␀")]
    public void Client_RequestAboutAnAccount_KeepsNothingOfIt(string frame, string kept) =>
        Redact(frame, fromClient: true).ShouldBe(kept);

    /// <summary>In binary messages nothing can be found that would have to be left out.</summary>
    [Fact]
    public async Task Recorder_OfAGatewayWithBinaryMessages_WritesDownNothingButTheGreeting()
    {
        using var gateway = new TcpListener(IPAddress.Loopback, 0);
        gateway.Start();
        await using (
            var recorder = await TwsRecorder.StartAsync(
                new TwsRecorderOptions
                {
                    UpstreamHost = "127.0.0.1",
                    UpstreamPort = ((IPEndPoint)gateway.LocalEndpoint).Port,
                    Path = File,
                    TimeProvider = new ManualClock(),
                },
                TestContext.Current.CancellationToken
            )
        )
        {
            await using var client = await TwsTestClient.ConnectAsync(recorder.Port);
            using var upstream = await gateway.AcceptSocketAsync(TestContext.Current.CancellationToken);
            await client.SendAsync("API␀ v100..222");
            await upstream.SendAsync(GoldenFrames.BytesOf("213␀20251120 12:00:00 EST␀"));
            await client.ReadAsync();
            await upstream.SendAsync(GoldenFrames.BytesOf("my secret position␀"));
            await client.SendAsync("my secret order␀");
            await client.ReadAsync();
        }

        var text = await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken);
        text.ShouldContain(" < 213␀");
        text.ShouldContain("at most 200");
        text.ShouldNotContain("secret");
    }

    private static string Redact(string frame, bool fromClient) =>
        string.Join('␀', new TwsRedactor().Redact(frame.Split('␀')[..^1], fromClient)) + "␀";
}
