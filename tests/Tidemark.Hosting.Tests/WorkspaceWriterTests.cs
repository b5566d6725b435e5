using System.Text.Json;
using Tidemark.Core.Errors;
using Tidemark.Hosting.Workspace;
using Tidemark.Vendors.AkShare;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Hosting.Tests;

public sealed class WorkspaceWriterTests : IDisposable
{
    private static readonly Dictionary<string, string> s_nothingSet = [];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Init(string folder) => WorkspaceWriter.Init(folder, s_nothingSet, ShippedVendors.All);

    private static string Shape(WorkspaceOptions options) =>
        JsonSerializer.Serialize(
            new
            {
                options.Folder,
                Zone = options.TimeZone.Id,
                Lake = options.Lake.Value,
                Control = options.Control.Value,
                options.Catalog,
                options.Definitions,
                S3 = new
                {
                    options.S3.Endpoint,
                    options.S3.Region,
                    options.S3.PathStyle,
                    options.S3.Cache,
                    options.S3.CacheBytes,
                },
                options.Vendors.Of<TushareOptions>().Url,
                options.Vendors.Of<TushareOptions>().RateLimits,
                AkShare = options.Vendors.Of<AkShareOptions>(),
                Ibkr = options.Vendors.Of<IbkrOptions>(),
                options.Pools,
                options.Schedule,
                options.Engine,
                options.Plan,
                options.Raw,
                options.Logging,
            }
        );

    [Fact]
    public void Init_ThenLoad_EqualsTheDefaults()
    {
        var file = Init(_folder.Path);

        file.ShouldBe(Path.Combine(_folder.Path, "tidemark.yaml"));
        var written = WorkspaceReader.Load(_folder.Path, s_nothingSet, ShippedVendors.All);
        Shape(written).ShouldBe(Shape(WorkspaceReader.Parse(_folder.Path, "", s_nothingSet, ShippedVendors.All)));
        written.Vendors.Of<TushareOptions>().Token.IsAvailable.ShouldBeFalse();
        written.Unread.ShouldBeEmpty();
        File.ReadAllText(file).ShouldNotContain("«");
    }

    [Fact]
    public void Init_HasEveryKeyThatTheReaderKnows()
    {
        // An unknown key makes the reader list the known ones, so each of them can be looked up in the file.
        var text = WorkspaceWriter.Render(s_nothingSet, ShippedVendors.All);
        string[] sections =
        [
            "",
            "s3",
            "vendors",
            "vendors.tushare",
            "vendors.akshare",
            "vendors.file",
            "vendors.ibkr",
            "pools",
            "pools.targets",
            "schedule",
            "engine",
            "plan",
            "raw",
            "logging",
        ];
        foreach (var section in sections)
        {
            var name =
                "TIDEMARK__"
                + (section.Length == 0 ? "" : section.Replace(".", "__").ToUpperInvariant() + "__")
                + "QQQQQQQQQQQQ";
            var error = Should.Throw<TidemarkException>(() =>
                WorkspaceReader.Parse(
                    _folder.Path,
                    text,
                    new Dictionary<string, string> { [name] = "x" },
                    ShippedVendors.All
                )
            );
            var known = error.Message[(error.Message.IndexOf("known: ", StringComparison.Ordinal) + 7)..].Split(", ");
            foreach (var key in known)
            {
                text.ShouldMatch($@"\b{key.Trim()}:", $"'{section}.{key}' is not in the template");
            }
        }
    }

    [Fact]
    public void Init_WithValues_WritesThem()
    {
        WorkspaceWriter.Init(
            Path.Combine(_folder.Path, "new", "place"),
            new Dictionary<string, string>
            {
                ["vendors.tushare.url"] = "http://127.0.0.1:4711",
                ["vendors.tushare.token"] = "a \"quoted\" token",
                ["pools.targets.symbols"] = "600519.SH, 510300.SH",
                ["plan.from"] = "2022-06-01",
                ["schedule.china"] = "18:00",
                ["vendors.akshare.url"] = "http://127.0.0.1:4712",
            },
            ShippedVendors.All
        );

        var options = WorkspaceReader.Load(
            Path.Combine(_folder.Path, "new", "place"),
            s_nothingSet,
            ShippedVendors.All
        );
        options.Vendors.Of<TushareOptions>().Url.Port.ShouldBe(4711);
        options.Vendors.Of<TushareOptions>().Token.Read().ShouldBe("a \"quoted\" token");
        options.Pools.Targets.Symbols.ShouldBe(["600519.SH", "510300.SH"]);
        options.Plan.From.ShouldBe(new DateOnly(2022, 6, 1));
        options.Schedule.China.ShouldBe(new TimeOnly(18, 0));
        options.Unread.ShouldBeEmpty();
    }

    [Fact]
    public void Init_UnknownValue_IsTheCallersMistake() =>
        Should.Throw<ArgumentException>(() =>
            WorkspaceWriter.Render(new Dictionary<string, string> { ["laek"] = "x" }, ShippedVendors.All)
        );

    [Fact]
    public void Init_WorkspaceThereAlready_RefusesAndLeavesIt()
    {
        var file = _folder.Write("tidemark.yaml", "lake: ./mine\n");

        var error = Should.Throw<TidemarkException>(() => Init(_folder.Path));

        error.Code.ShouldBe("WORKSPACE_EXISTS");
        File.ReadAllText(file).ShouldBe("lake: ./mine\n");
    }

    [Fact]
    public void Init_PathIsAFile_SaysSo()
    {
        var file = _folder.Write("occupied", "x");

        Should.Throw<TidemarkException>(() => Init(file)).Code.ShouldBe("WORKSPACE_UNWRITABLE");
    }

    [Theory]
    [InlineData("[odd] * ? ' \" # % & ; | { } = 中文\n")]
    [InlineData("back\\slash")]
    public void Init_FolderOfAnyName_IsAWorkspace(string name)
    {
        var folder = Path.Combine(_folder.Path, name);

        Init(folder);

        WorkspaceReader.Load(folder, s_nothingSet, ShippedVendors.All).Lake.Path.ShouldBe(Path.Combine(folder, "lake"));
    }

    [Fact]
    public void Init_FolderThatTheEngineCannotName_SaysWhyAndWritesNothing()
    {
        var folder = Path.Combine(_folder.Path, "a\\b*");

        var error = Should.Throw<TidemarkException>(() => Init(folder));

        error.Code.ShouldBe("PATH_UNSUPPORTED");
        error.Message.ShouldContain(folder);
        Directory.Exists(folder).ShouldBeFalse();
    }
}
