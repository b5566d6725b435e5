using System.Globalization;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Wire;
using Tidemark.Vendors.Tests.Ibkr.Support;

namespace Tidemark.Vendors.Tests.Ibkr.Wire;

/// <summary>
/// Every golden frame of a gateway, read: held against the fields of its dump, by rules that are written here a second
/// time.
/// </summary>
public sealed class GoldenDecodeTests
{
    public static TheoryData<string> Frames => [.. Golden.FromGateway.Select(f => f.Dump).Distinct()];

    [Theory]
    [MemberData(nameof(Frames))]
    public void Decode_GoldenFrame_IsReadWholeAndRight(string dump)
    {
        var sink = new SinkLog();
        var fields = dump.Split('␀')[..^1];

        new FrameDecoder(sink).Decode(Tidemark.Testing.Tws.GoldenFrames.BytesOf(dump).AsSpan(sizeof(int)));

        sink.Lines.ShouldBe(Expected(fields));
        foreach (var part in sink.Parts)
        {
            IsWhatWasSent(part, fields);
        }
    }

    private static string[] Expected(string[] f) =>
        f[0] switch
        {
            "1" => [$"price {f[2]} {f[3]} {Number(f[4])} {Size(f[5])}"],
            "2" => [$"size {f[2]} {f[3]} {Size(f[4])}"],
            "4" => [$"error {f[2]} {f[3]} {f[4].Replace("\\u00fc", "ü")}"],
            "9" => [$"id {f[2]}"],
            "10" => [$"part {f[1]} ContractDetails"],
            "15" => [$"accounts {f[2].Split(',').Length} {f[2].Split(',').Count(a => a[0] == 'D')}"],
            "17" => [$"part {f[1]} HistoricalBar[]", $"end {f[1]}"],
            "21" =>
            [
                $"computation {f[1]} {f[2]} {Volatility(f[4])} {Delta(f[5])} {Price(f[6])} {Price(f[7])} {Greek(f[8])} {Greek(f[9])} {Greek(f[10])} {Price(f[11])}",
            ],
            "45" => [$"generic {f[2]} {f[3]} {Number(f[4])}"],
            "46" => [$"text {f[2]} {f[3]} {f[4]}"],
            "49" => [$"time {f[2]}"],
            "52" or "57" => [$"end {f[2]}"],
            "58" => [$"kind {f[2]} {f[3]}"],
            "75" => [$"part {f[1]} OptionChain"],
            "76" => [$"end {f[1]}"],
            "79" => [$"part {f[1]} List`1", $"end {f[1]}"],
            "88" => [$"part {f[1]} String", $"end {f[1]}"],
            _ => [$"other {f[0]}"],
        };

    private static void IsWhatWasSent(object part, string[] f)
    {
        switch (part)
        {
            case ContractDetails details:
                var contract = details.Contract;
                (contract.Symbol, contract.SecurityType).ShouldBe((f[2], f[3]));
                contract.LastTradeDate.ShouldBe(f[4].Split(' ')[0]);
                contract.Strike.ShouldBe(Number(f[5]));
                contract.Right.ShouldBe(
                    f[6] switch
                    {
                        "C" => OptionRight.Call,
                        "P" => OptionRight.Put,
                        _ => OptionRight.None,
                    }
                );
                (contract.Exchange, contract.Currency, contract.LocalSymbol).ShouldBe((f[7], f[8], f[9]));
                (details.MarketName, contract.TradingClass).ShouldBe((f[10], f[11]));
                contract.ConId.ShouldBe(int.Parse(f[12]));
                (details.MinTick, contract.Multiplier).ShouldBe((Number(f[13]), f[14]));
                details.SecurityIds.Count.ShouldBe(int.Parse(f[30]));
                (details.MinSize, details.SuggestedSizeIncrement).ShouldBe((Number(f[^3]), Number(f[^1])));
                break;
            case OptionChain chain:
                (chain.Exchange, chain.TradingClass, chain.Multiplier).ShouldBe((f[2], f[4], f[5]));
                var dates = int.Parse(f[6]);
                chain.Expirations.Select(d => d.ToString("yyyyMMdd")).ShouldBe(f[7..(7 + dates)]);
                chain.Strikes.ShouldBe(f[(8 + dates)..].Select(Number));
                break;
            case HistoricalBar[] bars:
                bars.Length.ShouldBe(int.Parse(f[4]));
                for (var i = 0; i < bars.Length; i++)
                {
                    var b = f[(5 + (8 * i))..];
                    bars[i]
                        .ShouldBe(
                            new HistoricalBar(
                                b[0],
                                Number(b[1]),
                                Number(b[2]),
                                Number(b[3]),
                                Number(b[4]),
                                Number(b[5]),
                                Number(b[6]),
                                int.Parse(b[7])
                            )
                        );
                }

                break;
            case IReadOnlyList<SymbolMatch> matches:
                matches.Count.ShouldBe(int.Parse(f[2]));
                break;
            case string head:
                head.ShouldBe(f[2]);
                break;
        }
    }

    private static double Number(string text) =>
        text switch
        {
            "" or "NaN" or "Infinity" or "1.7976931348623157E308" => double.NaN,
            _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
        };

    private static double Size(string text) =>
        text is "2147483647" or "9223372036854775807" ? double.NaN : Number(text);

    private static double Volatility(string text) => text.StartsWith('-') ? double.NaN : Number(text);

    private static double Delta(string text) => text == "-2" ? double.NaN : Number(text);

    private static double Greek(string text) => text == "-2" ? double.NaN : Number(text);

    private static double Price(string text) => text == "-1" ? double.NaN : Number(text);
}
