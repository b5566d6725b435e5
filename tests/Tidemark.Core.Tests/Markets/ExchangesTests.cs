using Tidemark.Core.Markets;
using Tidemark.Testing;

namespace Tidemark.Core.Tests.Markets;

public sealed class ExchangesTests
{
    [Theory]
    [InlineData("SSE", "XSHG")]
    [InlineData("SZSE", "XSHE")]
    [InlineData("BSE", "BSE")]
    [InlineData("CFFEX", "CFFEX")]
    [InlineData("CSI", null)]
    [InlineData("", null)]
    public void OfVendor_Code_IsOurs(string vendor, string? code) => Exchanges.OfVendor(vendor).ShouldBe(code);

    [Theory]
    [InlineData("600519.SH", "XSHG")]
    [InlineData("000001.SZ", "XSHE")]
    [InlineData("920017.BJ", "BSE")]
    [InlineData("CU2401.SHF", "SHFE")]
    [InlineData("SR401.ZCE", "CZCE")]
    [InlineData("IF2401.CFX", "CFFEX")]
    [InlineData("801005.SI", null)]
    [InlineData("AAPL", null)]
    public void OfSymbol_Suffix_IsTheExchange(string symbol, string? code) => Exchanges.OfSymbol(symbol).ShouldBe(code);

    [Fact]
    public void All_EverySpelling_NamesOneExchange()
    {
        var spellings = Exchanges
            .All.SelectMany(e =>
                new[] { e.Code, e.VendorCode, e.Suffix }
                    .OfType<string>()
                    .Concat(e.Aliases)
                    .Distinct()
                    .Select(s => (Spelling: s, e.Code))
            )
            .ToArray();

        spellings.Select(s => s.Spelling).Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(spellings.Length);
        foreach (var (spelling, code) in spellings)
        {
            Exchanges.Find(spelling.ToLowerInvariant())!.Code.ShouldBe(code);
        }
    }

    /// <summary>The codes are those of the calendars: a join of the two has no gap.</summary>
    [Fact]
    public void ShippedCalendars_AreNamedByTheCodes()
    {
        var calendars = Directory
            .EnumerateFiles(Path.Combine(SourceTree.Root, "definitions", "calendars"), "*.csv")
            .Select(f => Path.GetFileNameWithoutExtension(f))
            .ToArray();

        calendars.ShouldNotBeEmpty();
        calendars.ShouldBeSubsetOf(Exchanges.All.Select(e => e.Code));
    }
}
