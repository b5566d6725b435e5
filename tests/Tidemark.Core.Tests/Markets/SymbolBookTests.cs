using Tidemark.Core.Markets;

namespace Tidemark.Core.Tests.Markets;

public sealed class SymbolBookTests
{
    private static readonly SymbolBook s_book = new(
        [
            "600519.SH",
            "000001.SZ",
            "000002.SZ",
            "000001.SH",
            "830017.BJ",
            "920017.BJ",
            "801005.SI",
            "H30533.CSI",
            "SSE001.SZ",
        ],
        new Dictionary<string, string> { ["830017.BJ"] = "920017.BJ" }
    );

    [Theory]
    [InlineData("600519.SH")]
    [InlineData("600519")]
    [InlineData("sh600519")]
    [InlineData("SH600519")]
    [InlineData("Sh.600519")]
    [InlineData("SH:600519")]
    [InlineData("SSE:600519")]
    [InlineData("600519.XSHG")]
    [InlineData("600519.sh")]
    [InlineData("600519.SS")]
    [InlineData("600519.ss")]
    [InlineData("600519-SH")]
    [InlineData("600519 SH")]
    [InlineData(" 600519.SH ")]
    [InlineData("６００５１９．ＳＨ")]
    public void Find_UsualSpellings_AreTheOneSymbol(string typed) => s_book.Find(typed).Symbol.ShouldBe("600519.SH");

    [Theory]
    [InlineData("2", "000002.SZ")]
    [InlineData("sz2", "000002.SZ")]
    [InlineData("1.sz", "000001.SZ")]
    [InlineData("1.XSHG", "000001.SH")]
    [InlineData("h30533", "H30533.CSI")]
    [InlineData("801005.si", "801005.SI")]
    [InlineData("SSE001.SZ", "SSE001.SZ")]
    public void Find_ShortOrOddCodes_AreFilledUp(string typed, string symbol) =>
        s_book.Find(typed).Symbol.ShouldBe(symbol);

    [Theory]
    [InlineData("1")]
    [InlineData("000001")]
    public void Find_CodeOfTwoInstruments_NamesBothAndTakesNone(string typed)
    {
        var match = s_book.Find(typed);

        match.Symbol.ShouldBeNull();
        match.Candidates.ShouldBe(["000001.SH", "000001.SZ"]);
    }

    [Theory]
    [InlineData("830017.BJ")]
    [InlineData("830017")]
    [InlineData("bj830017")]
    [InlineData("920017")]
    public void Find_EarlierCode_IsTheNewestOne(string typed) => s_book.Find(typed).Symbol.ShouldBe("920017.BJ");

    [Theory]
    [InlineData("6000185.SH")]
    [InlineData("600519.SH;x")]
    [InlineData("999999.SH")]
    [InlineData("600519.SZ")]
    [InlineData("")]
    [InlineData(".SH")]
    [InlineData("sh")]
    public void Find_WhatNoListHas_IsNothing(string typed)
    {
        s_book.Find(typed).Symbol.ShouldBeNull();
        s_book.Find(typed).Candidates.ShouldBeEmpty();
    }

    [Fact]
    public void Find_BeforeTheFirstList_BelievesWhatIsWrittenOut()
    {
        SymbolBook.Empty.Find("sh600519").Symbol.ShouldBe("600519.SH");
        SymbolBook.Empty.Find("1.sz").Symbol.ShouldBe("000001.SZ");
        SymbolBook.Empty.Find("600519").Symbol.ShouldBeNull();
        SymbolBook.Empty.Find(".SH").Symbol.ShouldBeNull();
    }

    [Theory]
    [InlineData("830017.BJ")]
    [InlineData("920017.BJ")]
    public void CodesOf_AnInstrumentWhoseCodeChanged_AreBoth(string symbol) =>
        s_book.CodesOf(symbol).Order(StringComparer.Ordinal).ShouldBe(["830017.BJ", "920017.BJ"]);

    [Fact]
    public void CodesOf_WhatNoListHas_IsItself() => s_book.CodesOf("999999.SZ").ShouldBe(["999999.SZ"]);
}
