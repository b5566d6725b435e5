using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Operations.Symbols;

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

        new TargetList(new TargetPoolOptions([], file)).Read().ShouldBe(["600519.SH", "000001.SZ"]);
    }

    [Fact]
    public void Read_NamesInBothPlaces_GivesEachOnce()
    {
        var file = Path.Combine(_folder.Path, "targets.csv");
        File.WriteAllText(file, "600519.SH\n1\nsymbol\n");

        new TargetList(new TargetPoolOptions(["600519.SH", "sh600000"], file))
            .Read()
            .ShouldBe(["600519.SH", "sh600000", "1", "symbol"], "a header is the first line only");
    }

    [Fact]
    public void Read_FileThatIsGone_SaysWhatToDo() =>
        Should
            .Throw<TidemarkException>(() =>
                new TargetList(new TargetPoolOptions([], Path.Combine(_folder.Path, "none.csv"))).Read()
            )
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

    public void Dispose() => _folder.Dispose();
}
