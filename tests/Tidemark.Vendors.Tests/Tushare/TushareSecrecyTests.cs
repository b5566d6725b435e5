using System.Text;
using Tidemark.Vendors.Tests.Support;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Vendors.Tests.Tushare;

/// <summary>
/// Provokes every error with a server that repeats the token wherever it can, and looks for it in all that comes out.
/// </summary>
public sealed class TushareSecrecyTests : IDisposable
{
    private const string Token = TushareRig.Token;

    private readonly TushareRig _rig = new(retries: 1);

    public void Dispose() => _rig.Dispose();

    public static TheoryData<string> EchoingBodies =>
        [
            Answers.Error(40101, $"您的token不对，请确认。{Token}"),
            Answers.Error(40203, $"抱歉，您没有接口(daily)访问权限 {Token}"),
            Answers.Error(40203, $"频率超限(1次/小时) {Token}"),
            Answers.Error(50101, $"必填参数 {Token}"),
            Answers.Error(-1, Token),
            $"<html>{Token}</html>",
            $"{{\"code\":0,\"token\":\"{Token}",
            Token,
            $"{new string(' ', 40)}{Token}",
            Answers.With($"[\"A\",\"20240102\",\"{Token}\"]"),
            Answers.With($"[\"A\",\"20240102\",\"about to be cut {Token}\"]"),
            Answers.With($"[\"A\",\"{Token}\",1]"),
            Answers.With("", fields: $"\"ts_code\",\"{Token}\""),
            $"{{\"code\":0,\"data\":{{\"{Token}\":1}}}}",
        ];

    [Theory]
    [MemberData(nameof(EchoingBodies))]
    public async Task Fetch_VendorRepeatsTheToken_NothingShowsIt(string body)
    {
        _rig.Server.Then(body, body);

        ShouldNotShowIt(await _rig.FailAsync());
    }

    [Fact]
    public async Task Fetch_EveryOtherFault_NothingShowsIt()
    {
        Reply[] faults =
        [
            Reply.Status($"502 {Token}", Token, $"X-Token: {Token}\r\n"),
            Reply.Status($"404 {Token}", Token),
            Reply.DropAfter(Answers.Page(1, 2), 50),
            Reply.Reset(),
            Reply.Json(""),
            Reply.Bytes([31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 99, 99, 99], headers: "Content-Encoding: gzip\r\n"),
        ];
        foreach (var fault in faults)
        {
            using var rig = new TushareRig(retries: 1);
            rig.Server.Then(fault, fault);
            ShouldNotShowIt(await rig.FailAsync(), rig);
        }
    }

    public static TheoryData<string> Spellings =>
        [
            Token,
            Token.ToUpperInvariant(),
            string.Concat(Token.Select(c => $"\\u{(int)c:x4}")),
            $"\\u{(int)Token[0]:x4}{Token[1..]}",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(Token)),
            string.Concat(Token.Select(c => $"%{(int)c:x2}")),
            Token[1..],
            Token[..^1],
        ];

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task Fetch_TokenInARowInAnySpelling_IsRefusedAndNothingIsKept(string spelled)
    {
        _rig.Server.Then(Answers.With($"[\"{spelled}\",\"20240102\",1]"));

        var error = await _rig.FailAsync();

        (error.Kind, error.Code).ShouldBe((Core.Errors.ErrorKind.Schema, "VENDOR_ECHOES_SECRET"));
        ShouldNotShowIt(error);
        _rig.Payloads.Bodies.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task Fetch_TokenInAnErrorTextInAnySpelling_IsMaskedAndTheErrorIsUnderstood(string spelled)
    {
        var body = Answers.Error(40203, $"抱歉，您没有接口(daily)访问权限 {spelled}");
        _rig.Server.Then(body, body);

        var error = await _rig.FailAsync();

        error.Kind.ShouldBe(Core.Errors.ErrorKind.Permission);
        error.ToString().ShouldNotContain(spelled);
        ShouldNotShowIt(error);
    }

    [Fact]
    public async Task Fetch_TokenInAStatusLineThatIsNone_NothingShowsIt()
    {
        var reply = Reply.Line($"HTTP/1.1 {Token} what");
        _rig.Server.Then(reply, reply);

        ShouldNotShowIt(await _rig.FailAsync());
    }

    [Fact]
    public void Options_Printed_DoNotShowIt() =>
        Convert
            .ToString((object)new TushareClientOptions { Url = new Uri("http://localhost"), Token = Token })!
            .ShouldNotContain(Token);

    private void ShouldNotShowIt(VendorException error) => ShouldNotShowIt(error, _rig);

    private static void ShouldNotShowIt(VendorException error, TushareRig rig)
    {
        // Also no recognisable part of it, as cutting a message might leave one.
        var part = Token[..8];
        error.ToString().ShouldNotContain(part, Case.Insensitive);
        error.Data.Count.ShouldBe(0);
        rig.Logger.Lines.ShouldAllBe(line => !line.Text.Contains(part));
        rig.Payloads.Bodies.ShouldAllBe(body => !body.Contains(part));
    }
}
