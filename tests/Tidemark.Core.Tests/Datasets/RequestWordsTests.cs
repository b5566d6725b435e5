using Tidemark.Core.Datasets;

namespace Tidemark.Core.Tests.Datasets;

public sealed class RequestWordsTests
{
    [Theory]
    [InlineData("600519.SH", "", "600519.SH")]
    [InlineData("600519.SH", "code", "600519")]
    [InlineData("600519.SH", "prefixed", "sh600519")]
    [InlineData("000922.CSI", "prefixed", "csi000922")]
    [InlineData("Au(T+D)", "code", "Au(T+D)")]
    public void Symbols_AreSpelledAsAsked(string symbol, string format, string spelled) =>
        RequestWords.Spelled(symbol, format).ShouldBe(spelled);

    [Theory]
    [InlineData("{part:code}", "part")]
    [InlineData("{from:yyyy-MM-dd}/{to}", "from to")]
    [InlineData("{part:yyyy}", null)]
    [InlineData("{from:code}", null)]
    [InlineData("{part:codes}", null)]
    public void Formats_GoWithTheirWords(string value, string? words) =>
        (RequestWords.In(value) is { } found ? string.Join(' ', found) : null).ShouldBe(words);
}
