using System.Text;
using Tidemark.Core.Columns;
using Tidemark.Vendors.Tests.Support;

namespace Tidemark.Vendors.Tests.Tushare;

/// <summary>Fetches that go on behind the pages which an earlier one has kept.</summary>
public sealed class TushareResumeTests : IDisposable
{
    private static readonly string[] s_sevenRows =
    [
        "000001.SZ",
        "000002.SZ",
        "000003.SZ",
        "000004.SZ",
        "000005.SZ",
        "000006.SZ",
        "000007.SZ",
    ];
    private readonly TushareRig _rig = new(retries: 0);
    private readonly PageKeeper _keeper = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Fetch_BehindKeptPages_AsksForTheirLastRowOnceMore_AndForNoOther()
    {
        await FailAtThirdPageAsync();
        _rig.Server.Then(Answers.Page(6, 2));

        var answer = await FetchAsync();

        (answer.Rows, answer.Pages).ShouldBe((7, 3));
        Codes().ShouldBe(s_sevenRows);
        Offsets().ShouldBe([0, 3, 6, 5]);
        _keeper.IsRestarted.ShouldBeFalse();
    }

    [Fact]
    public async Task Fetch_ThatFailsOnceMore_GoesOnBehindBoth()
    {
        _rig.Server.Then(Answers.Page(1, 3, true)).Then(Reply.Status("503 Service Unavailable"));
        await FailAsync();
        _rig.Server.Then(Answers.Page(3, 3, true)).Then(Reply.Status("503 Service Unavailable"));
        await FailAsync();
        _rig.Server.Then(Answers.Page(5, 3));
        _rig.Server.Then(Answers.Page(8, 0));

        (await FetchAsync()).Rows.ShouldBe(7);

        Codes().ShouldBe(s_sevenRows);
        Offsets().ShouldBe([0, 3, 2, 5, 4, 7]);
    }

    [Theory]
    [InlineData(5)] // a row was added before
    [InlineData(7)] // one was removed
    public async Task Fetch_RowsHaveMovedMeanwhile_BeginsAnew(int first)
    {
        await FailAtThirdPageAsync();
        _rig.Server.Then(Answers.Page(first, 2), Answers.Page(11, 3, true), Answers.Page(14, 1));

        (await FetchAsync()).Rows.ShouldBe(4);

        Codes().ShouldBe(["000011.SZ", "000012.SZ", "000013.SZ", "000014.SZ"]);
        Offsets()[^3..].ShouldBe([5, 0, 3]);
        _keeper.IsRestarted.ShouldBeTrue();
    }

    [Fact]
    public async Task Fetch_ValueOfTheLastRowHasChanged_BeginsAnew()
    {
        await FailAtThirdPageAsync();
        var changed = Answers.Page(6, 2).Replace("6.5", "6.6", StringComparison.Ordinal);
        _rig.Server.Then(changed, Answers.Page(1, 2));

        (await FetchAsync()).Rows.ShouldBe(2);
    }

    [Fact]
    public async Task Fetch_KeptPagesEndAtTheLastRow_FindsNoneBehind()
    {
        await FailAtThirdPageAsync();
        _rig.Server.Then(Answers.Page(6, 1));

        (await FetchAsync()).Rows.ShouldBe(6);

        Codes().ShouldBe(s_sevenRows[..6]);
    }

    [Fact]
    public async Task Fetch_RowThatCameBefore_ComesBehindTheSeam_BeginsAnew()
    {
        await FailAtThirdPageAsync();
        var repeats = Answers.With("[\"000006.SZ\",\"20240102\",6.5],[\"000002.SZ\",\"20240102\",2.5]");
        _rig.Server.Then(repeats, Answers.Page(1, 2));

        (await FetchAsync()).Rows.ShouldBe(2);
    }

    [Fact]
    public async Task Fetch_RowsMayBeEqual_BeginsAnew()
    {
        await FailAtThirdPageAsync();
        _rig.Server.Then(Answers.Page(1, 2));

        await FetchAsync(TushareRig.Request() with { HasEqualRows = true });

        Offsets()[^1].ShouldBe(0);
        _keeper.IsRestarted.ShouldBeTrue();
    }

    [Fact]
    public async Task Fetch_AllPagesKept_AsksForNothing()
    {
        _rig.Server.Then(Answers.Page(1, 3, true), Answers.Page(4, 2));
        await FetchAsync();

        (await FetchAsync()).Rows.ShouldBe(5);

        _rig.Server.Requests.Count.ShouldBe(2);
    }

    private async Task FailAtThirdPageAsync()
    {
        _rig.Server.Then(Answers.Page(1, 3, true), Answers.Page(4, 3, true));
        _rig.Server.Then(Reply.Status("503 Service Unavailable"));
        await FailAsync();
    }

    private Task<VendorAnswer> FetchAsync(VendorRequest? request = null)
    {
        _rig.Batch.Clear();
        var fetch = _rig.Client.FetchAsync(
            request ?? TushareRig.Request(),
            _rig.Batch,
            _keeper,
            CancellationToken.None
        );
        return _rig.DriveAsync(fetch);
    }

    private Task FailAsync() => Should.ThrowAsync<VendorException>(() => FetchAsync());

    private int[] Offsets() =>
        [.. _rig.Server.Requests.Select(r => r.GetProperty("params").GetProperty("offset").GetInt32())];

    private string[] Codes()
    {
        var codes = (TextColumn)_rig.Batch.Columns[0];
        return [.. Enumerable.Range(0, _rig.Batch.RowCount).Select(row => Encoding.UTF8.GetString(codes[row]))];
    }

    /// <summary>Gives every page that was kept to the next fetch, until it is told to begin anew.</summary>
    private sealed class PageKeeper : IPayloadSink
    {
        private readonly List<KeptPage> _pages = [];

        public bool IsRestarted { get; private set; }

        public ValueTask KeepAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
            throw new NotSupportedException("its place is not told");

        public ValueTask KeepAsync(ReadOnlyMemory<byte> body, PageReceipt page, CancellationToken cancellationToken)
        {
            _pages.Add(new KeptPage(page.Offset, body.ToArray()));
            return ValueTask.CompletedTask;
        }

        public ValueTask<IReadOnlyList<KeptPage>> BeginAsync(
            IVendorClient client,
            VendorRequest request,
            CancellationToken cancellationToken
        ) => ValueTask.FromResult<IReadOnlyList<KeptPage>>([.. _pages]);

        public ValueTask RestartAsync(CancellationToken cancellationToken)
        {
            IsRestarted = true;
            _pages.Clear();
            return ValueTask.CompletedTask;
        }
    }
}
