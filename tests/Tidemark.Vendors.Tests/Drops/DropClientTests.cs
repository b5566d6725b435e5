using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.Core.Secrets;
using Tidemark.Vendors.Drops;
using Tidemark.Vendors.Tests.Support;

namespace Tidemark.Vendors.Tests.Drops;

/// <summary>The client alone: what it asks of a folder, and what it remembers of a file.</summary>
public sealed class DropClientTests : IDisposable
{
    private static readonly ColumnDefinition[] s_columns = [new("a", ColumnKind.Text)];

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-drop-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Fetch_OfAFileThatIsNotThere_IsTransientAndNamesIt()
    {
        var error = await Should.ThrowAsync<VendorException>(() => FetchAsync("x/y.csv"));

        (error.Code, error.Kind).ShouldBe(("FILE_AWAITED", ErrorKind.Transient));
        error.Message.ShouldContain("'x/y.csv'");
        error.Message.ShouldContain(_folder);
    }

    [Fact]
    public async Task Fetch_OfAFileThatIsLargerThanAnAnswerMayBe_IsRefused()
    {
        Write("y.csv", "a\n" + new string('x', 5000) + "\n");

        (await Should.ThrowAsync<VendorException>(() => FetchAsync("y.csv"))).Code.ShouldBe("VENDOR_TOO_LARGE");
    }

    [Fact]
    public async Task Fetch_WithAnotherParameter_IsRefused()
    {
        var request = Request("y.csv") with
        {
            Parameters = new Dictionary<string, string> { ["path"] = "y.csv", ["day"] = "1" },
        };

        var error = await Should.ThrowAsync<VendorException>(() =>
            Client().FetchAsync(request, new ColumnBatch(s_columns), new PayloadList(), default)
        );

        error.Code.ShouldBe("FILE_PATH_INVALID");
        error.Message.ShouldContain("'day'");
    }

    [Fact]
    public async Task Look_TellsOtherBytesFromAnotherTime()
    {
        Write("y.csv", "a\n1\n");
        var known = (await FetchAsync("y.csv")).Fingerprint;
        (await LookAsync("y.csv", known)).IsChanged.ShouldBeFalse();

        File.SetLastWriteTimeUtc(Path.Combine(_folder, "y.csv"), new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var touched = await LookAsync("y.csv", known);
        Write("y.csv", "a\n2\n");
        var changed = await LookAsync("y.csv", known);
        File.Delete(Path.Combine(_folder, "y.csv"));
        var gone = await LookAsync("y.csv", known);

        (touched.IsThere, touched.IsChanged, touched.ChangedAt?.Year).ShouldBe((true, false, 2030));
        (changed.IsThere, changed.IsChanged).ShouldBe((true, true));
        gone.ShouldBe(default);
    }

    [Fact]
    public async Task Look_AtAnotherFileOfTheSameBytes_IsAChange()
    {
        Write("y.csv", "a\n1\n");
        var known = (await FetchAsync("y.*")).Fingerprint;
        File.Move(Path.Combine(_folder, "y.csv"), Path.Combine(_folder, "y.json"));

        (await LookAsync("y.*", known)).IsChanged.ShouldBeTrue();
    }

    private IVendorClient Client() =>
        new DropClient(
            _folder,
            new VendorContext
            {
                Options = new VendorOptions([new DropOptions(_folder)]),
                Clock = TimeProvider.System,
                Jitter = new Random(1),
                Logs = NullLoggerFactory.Instance,
                Secrets = new SecretMask(),
                TokenAsync = (_, _) => Task.FromResult<string?>(null),
                Http = handler => new HttpClient(handler),
                ParquetAsCsvAsync = (_, _) => throw new InvalidDataException("there is no engine here"),
                AnswerBytes = 4096,
                UnitBytes = 1 << 20,
            }
        );

    private Task<VendorAnswer> FetchAsync(string path) =>
        Client().FetchAsync(Request(path), new ColumnBatch(s_columns), new PayloadList(), default);

    private async Task<WatchedState> LookAsync(string path, string? known) =>
        await ((IWatchedClient)Client()).LookAsync(Request(path), known, default);

    private static VendorRequest Request(string path) =>
        new("signals", new Dictionary<string, string> { ["path"] = path }, s_columns, RowCap: 100);

    private void Write(string path, string text) =>
        File.WriteAllBytes(Path.Combine(_folder, path), Encoding.UTF8.GetBytes(text));
}
