using System.Text;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>A vendor that repeats the token, in whatever spelling: it ends nowhere.</summary>
public sealed class SecretTests : IDisposable
{
    private const string Token = "5ecRe7t0kenA9b8c7d6e5f4g3h2i1jKLMNOPqrstuvwxyZ0192837465";
    private const string BarFields = "ts_code trade_date open high low close pre_close change pct_chg vol amount";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Spellings =>
        ["plain", "capitals", "JSON escapes", "base64", "percent", "without its last character"];

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task Token_RepeatedInErrorsAndRows_IsInNoFileAndNoOutput(string spelling)
    {
        var spelled = spelling switch
        {
            "plain" => Token,
            "capitals" => Token.ToUpperInvariant(),
            "JSON escapes" => string.Concat(Token.Select(c => $"\\u{(int)c:x4}")),
            "base64" => Convert.ToBase64String(Encoding.UTF8.GetBytes(Token)),
            "percent" => string.Concat(Token.Select(c => $"%{(int)c:x2}")),
            _ => Token[..^1],
        };
        using var vendor = new HostileVendor(
            (api, parameters) =>
            {
                var day = parameters.TryGetProperty("trade_date", out var date) ? date.GetString() : "";
                return HostileAnswer.Of(
                    api == "daily" && (parameters.Number("limit") == 1 || day == "20240607")
                        ? HostileVendor.Rows(BarFields, [Bar("000001.SZ", day!)])
                    : api == "daily" && day == "20240606" ? HostileVendor.Rows(BarFields, [Bar(spelled, day)])
                    : $"{{\"code\":50101,\"msg\":\"token {spelled} \\u001b[31m ...\",\"data\":null}}"
                );
            }
        );
        var workspace = Workspace.Create(_folder.Path, vendor.Url, "2024-06-05", "2024-06-07", token: Token);

        var ended = await workspace.RunAsync("run", "universe", "--datasets", "tushare.daily", "--json");
        var verbose = await workspace.RunAsync("run", "universe", "--datasets", "tushare.daily", "--verbose");
        var runs = await workspace.RunAsync("runs", "--json");

        ended.ExitCode.ShouldBe(4, ended.ToString());
        ended.Error.ShouldNotContain("\u001b");
        verbose.Out.ShouldNotContain("\u001b");
        ended.Out.ShouldContain("VENDOR_ECHOES_SECRET");
        var control = await File.ReadAllBytesAsync(_folder.At("control.db"), TestContext.Current.CancellationToken);
        foreach (var trace in (string[])[Token[..20], Token[^21..^1], spelled[..24], spelled[^25..^1]])
        {
            foreach (var text in (string[])[ended.Out, ended.Error, verbose.Out, verbose.Error, runs.Out])
            {
                text.ShouldNotContain(trace, Case.Insensitive, spelling);
            }

            foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
            {
                if (Path.GetFileName(file) == "tidemark.yaml")
                {
                    continue;
                }

                var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
                Encoding.Latin1.GetString(bytes).ShouldNotContain(trace, Case.Insensitive, file);
            }
        }

        control.Length.ShouldBeGreaterThan(0);
    }

    private static string Bar(string code, string day) => $"[\"{code}\",\"{day}\",10,10.5,9.9,10,10,0,0,1000,1000]";
}
