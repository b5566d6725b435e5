using System.IO.Compression;
using System.Text;
using Tidemark.Ingest.Planning;
using Tidemark.Operations.Tests.Support;
using static Tidemark.Operations.Tests.Support.SignalFiles;

namespace Tidemark.Operations.Tests;

/// <summary>Formats of files in the drop folder: what is read of each, and what is no whole file.</summary>
public sealed class DropFormatTests
{
    [Theory]
    [InlineData("csv")]
    [InlineData("csv.gz")]
    [InlineData("json")]
    [InlineData("json.gz")]
    [InlineData("lines.json")]
    [InlineData("parquet")]
    public async Task Run_OfTheSameRowsInAnyFormat_MakesTheSameTable(string format)
    {
        await using var workspace = new DropWorkspace("signals/{dt:yyyy-MM-dd}.*");
        workspace.Write("drops/signals/2026-08-19.csv", Header);
        var file = $"drops/signals/2026-08-20.{format.Replace("lines.", "", StringComparison.Ordinal)}";
        switch (format)
        {
            case "parquet":
                workspace.WriteParquet(file, ThursdayParquet);
                break;
            case "lines.json":
                workspace.Write(file, ThursdayJson.Trim('[', ']').Replace("},\n", "}\n", StringComparison.Ordinal));
                break;
            default:
                var text = Encoding.UTF8.GetBytes(
                    format.StartsWith("csv", StringComparison.Ordinal) ? Thursday : ThursdayJson
                );
                workspace.Write(file, format.EndsWith("gz", StringComparison.Ordinal) ? Gzip(text) : text);
                break;
        }

        var run = await workspace.RunAsync();

        run.Errors.ShouldBeEmpty();
        run.Committed.ShouldBe(2);
        (await workspace.RowsAsync()).ShouldBe(ThursdayRows.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Run_WithABomAndCarriageReturns_ReadsTheSameRows()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("drops/signals/2026-08-19.csv", Header);
        workspace.Write(
            "drops/signals/2026-08-20.csv",
            "\uFEFF" + Thursday.Replace("\n", "\r\n", StringComparison.Ordinal)
        );

        await workspace.RunAsync();

        (await workspace.RowsAsync()).ShouldBe(ThursdayRows.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Run_OfAHeaderAlone_IsADayWithoutRows()
    {
        await using var workspace = new DropWorkspace(rest: "empty_is_ordinary: true");
        workspace.Write("drops/signals/2026-08-19.csv", Header);
        workspace.Write("drops/signals/2026-08-20.csv", Header);

        (await workspace.RunAsync()).Committed.ShouldBe(2);

        (await workspace.PlanAsync()).Units.ShouldBeEmpty("an empty day is there, and its file has not changed");
        workspace.Write("drops/signals/2026-08-20.csv", Thursday);
        (await workspace.PlanAsync()).Units.ShouldHaveSingleItem().Reason.ShouldBe(UnitReason.Changed);
    }

    [Fact]
    public async Task Run_OfADayInSeveralFiles_TakesAllOrNoneAndNoticesEach()
    {
        const string Request = """, fan_out: { path: ["{dt}-a.csv", "{dt}-b.csv"] }""";
        await using var workspace = new DropWorkspace(path: null, request: Request);
        workspace.Write("drops/20260820-a.csv", Header + "AAA,2026-08-20,1,,,,,\n");

        (await workspace.RunAsync()).Committed.ShouldBe(0);
        workspace.Write("drops/20260820-b.csv", Header + "BBB,2026-08-20,2,,,,,\n");
        (await workspace.RunAsync()).Committed.ShouldBe(1);
        (await workspace.RowsAsync())
            .ReplaceLineEndings(" ")
            .ShouldBe("AAA|2026-08-20|1.0|null BBB|2026-08-20|2.0|null");
        workspace.Write("drops/20260820-b.csv", Header + "BBB,2026-08-20,3,,,,,\n");

        (await workspace.RunAsync()).Committed.ShouldBe(1);
        (await workspace.RowsAsync()).ShouldContain("BBB|2026-08-20|3.0");
    }

    [Fact]
    public async Task Run_OfGbk_SaysSo()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);
        workspace.Write(
            "drops/signals/2026-08-20.csv",
            [.. Encoding.UTF8.GetBytes(Header + "AAA,2026-08-20,1,1,0,,"), 0xD6, 0xD0, 0xB9, 0xFA, .. ",\n"u8]
        );

        var error = (await workspace.RunAsync()).Errors.ShouldHaveSingleItem();

        error.Code.ShouldBe("FILE_ENCODING");
        error.Message.ShouldContain("line 2");
    }

    [Theory]
    [InlineData("parquet")]
    [InlineData("csv.gz")]
    [InlineData("json")]
    public async Task Run_OfAFileThatIsCutOffAnywhere_TakesNothingOfIt(string ending)
    {
        await using var workspace = new DropWorkspace("signals/{dt:yyyy-MM-dd}." + ending);
        var file = $"drops/signals/2026-08-20.{ending}";
        if (ending == "parquet")
        {
            workspace.WriteParquet(file, ThursdayParquet);
        }
        else
        {
            workspace.Write(
                file,
                ending == "json" ? Encoding.UTF8.GetBytes(ThursdayJson) : Gzip(Encoding.UTF8.GetBytes(Thursday))
            );
        }

        var whole = await File.ReadAllBytesAsync(workspace.PathOf(file), TestContext.Current.CancellationToken);
        foreach (var length in new[] { 0, 1, whole.Length / 2, whole.Length - 1 })
        {
            workspace.Write(file, whole[..length]);

            var error = (await workspace.RunAsync()).Errors.ShouldHaveSingleItem();

            error.Code.ShouldBe("FILE_UNFINISHED", $"{length} of {whole.Length} bytes: {error.Message}");
        }

        workspace.Write(file, whole);
        (await workspace.RunAsync()).Committed.ShouldBe(1);
    }

    [Fact]
    public async Task Run_InAFolderThatIsNamedLikeAColumn_ReadsNoColumnFromTheName()
    {
        await using var workspace = new DropWorkspace("note=wrong/{dt:yyyy-MM-dd}.parquet");
        workspace.WriteParquet("drops/note=wrong/2026-08-20.parquet", $"SELECT * EXCLUDE (note) {ThursdayParquet}");

        var error = (await workspace.RunAsync()).Errors.ShouldHaveSingleItem();

        error.Code.ShouldBe("VENDOR_COLUMN_MISSING");
    }

    [Fact]
    public async Task Run_ThatKeepsRawAnswers_KeepsTheFileAsItIs()
    {
        await using var workspace = new DropWorkspace();
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);
        workspace.Write("drops/signals/2026-08-20.csv", Thursday);
        await workspace.RunAsync();

        var kept = workspace.PathOf("lake/raw/file/signals/dt=2026-08-20/file.signals_2026-08-20-1.csv.gz");
        using var unpacked = new StreamReader(new GZipStream(File.OpenRead(kept), CompressionMode.Decompress));
        (await unpacked.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBe(Thursday);
    }

    private static byte[] Gzip(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(text);
        }

        return packed.ToArray();
    }
}
