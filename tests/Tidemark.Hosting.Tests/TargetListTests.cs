using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Symbols.Targets;

namespace Tidemark.Hosting.Tests;

public sealed class TargetListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("600519.SH\n000001.SZ\n")]
    [InlineData("\uFEFF600519.SH\r\n000001.SZ\r\n")]
    [InlineData("symbol,name\n600519.SH,贵州茅台\n000001.SZ,平安银行\n")]
    [InlineData("\uFEFF证券代码;名称\n600519.SH;贵州茅台\n\n000001.SZ;平安银行")]
    [InlineData("TS_CODE\tNAME\n600519.SH\tx\n000001.SZ\ty\n600519.SH\tagain\n")]
    [InlineData("# mine\n\"600519.SH\",\"x\" # the best\n  '000001.SZ' \n   \n#600000.SH\n")]
    public void Read_FilesOfAllSorts_GivesTheFirstColumn(string text)
    {
        var file = Path.Combine(_folder.Path, "targets.csv");
        File.WriteAllText(file, text);

        Read([], file).ShouldBe(["600519.SH", "000001.SZ"]);
    }

    [Fact]
    public void Read_NamesInBothPlaces_GivesEachOnce()
    {
        var file = Path.Combine(_folder.Path, "targets.csv");
        File.WriteAllText(file, "600519.SH\n1\nsymbol\n");

        Read(["600519.SH", "sh600000"], file)
            .ShouldBe(["600519.SH", "sh600000", "1", "symbol"], "a header is the first line only");
    }

    [Fact]
    public void Read_FileThatIsGone_SaysWhatToDo() =>
        Should
            .Throw<TidemarkException>(() => Read([], Path.Combine(_folder.Path, "none.csv")))
            .Code.ShouldBe("TARGETS_MISSING");

    [Fact]
    public void Match_UnknownAndAmbiguousOnes_AreKeptAndNamed()
    {
        var book = new SymbolBook(["600519.SH", "000001.SZ", "000001.SH"], new Dictionary<string, string>());

        var targets = SymbolDirectory.Match(book, ["sh600519", "999999.SH", "1"]);

        targets.Symbols.ShouldBe(["1", "600519.SH", "999999.SH"], ignoreOrder: true);
        var faults = new SymbolFaults(targets.Unknown, [], [], [], []);
        faults.Lines.Single().ShouldContain("'999999.SH', '1' (may be 000001.SH or 000001.SZ: write it out)");
        SymbolDirectory.Match(SymbolBook.Empty, ["999999"]).Unknown.ShouldBeEmpty("no list is there yet");
    }

    [Fact]
    public void Read_LinesThatAreNoSymbols_AreAllToldWithTheirPlaces()
    {
        var file = Path.Combine(_folder.Path, "targets.csv");
        File.WriteAllText(file, "symbol\n600519.SH\n贵州茅台\n# 备注\n--\n000001.SZ\n" + new string('9', 50) + "\n");

        var error = Should.Throw<TidemarkException>(() => Read(["600000.SH"], file));

        error.Code.ShouldBe("TARGETS_INVALID");
        error.Message.ShouldContain($"{file}:3: '贵州茅台'");
        error.Message.ShouldContain($"{file}:5: '--'");
        error.Message.ShouldContain($"{file}:7: '{new string('9', 40)}…'");
        error.Message.Split('\n').Length.ShouldBe(4);
    }

    [Theory]
    [InlineData("Au(T+D)")]
    [InlineData("USDCNH.FXCM")]
    [InlineData("CU2412.SHF")]
    [InlineData("６００５１９")]
    [InlineData("BRK/B")]
    public void Read_SymbolsOfEveryKind_AreSymbols(string symbol)
    {
        var file = Path.Combine(_folder.Path, "targets.csv");
        File.WriteAllText(file, symbol);

        Read([], file).ShouldBe([symbol]);
    }

    private static IReadOnlyList<string> Read(IReadOnlyList<string> symbols, string file) =>
        [
            .. TargetRules
                .Of(new TargetPoolOptions(symbols, file))
                .Named.Select(n => n.Typed)
                .Distinct(StringComparer.Ordinal),
        ];

    public void Dispose() => _folder.Dispose();
}
