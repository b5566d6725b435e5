using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Vendors.Tests.Support;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Vendors.Tests.Tushare;

/// <summary>A page is believed only if it can be whole, in whatever way vendors and relays cut and mix pages.</summary>
public sealed class TusharePageCutTests : IDisposable
{
    private readonly TushareRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(null)]
    public async Task Fetch_RoundNumberOfRowsBelowTheCap_IsFollowedUp(bool? hasMore)
    {
        _rig.Server.Then(Answers.Page(1, 500, hasMore), Answers.Page(501, 40, hasMore));

        (await _rig.FetchAsync(TushareRig.Request(cap: 600))).Rows.ShouldBe(540);
    }

    [Fact]
    public async Task Fetch_RoundNumberOfRowsAndNoneBehind_IsWhole()
    {
        _rig.Server.Then(Answers.Page(1, 500), Answers.Page(501, 0));

        var answer = await _rig.FetchAsync(TushareRig.Request(cap: 600));

        (answer.Rows, answer.Pages).ShouldBe((500, 2));
    }

    [Theory]
    [InlineData(499)]
    [InlineData(400)]
    [InlineData(550)]
    public async Task Fetch_NumberOfRowsThatIsNoCap_CostsNoSecondCall(int rows)
    {
        _rig.Server.Then(Answers.Page(1, rows));

        (await _rig.FetchAsync(TushareRig.Request(cap: 600))).Pages.ShouldBe(1);
    }

    [Fact]
    public async Task Fetch_PagesOverlapOnce_AreReadAgainFromTheBeginning()
    {
        _rig.Server.Then(Answers.Page(1, 3, true), Answers.Page(3, 2), Answers.Page(1, 3, true), Answers.Page(4, 2));

        var answer = await _rig.FetchAsync();

        (answer.Rows, answer.Pages).ShouldBe((5, 2));
        _rig.Rows().Select(r => r[..6]).ShouldBe(["000001", "000002", "000003", "000004", "000005"]);
        _rig.Logger.Lines.ShouldContain(line => line.Text.Contains("reading all pages again"));
    }

    [Fact]
    public async Task Fetch_PagesOverlapAgain_IsAnErrorThatSaysWhatToDo()
    {
        _rig.Server.Then(Answers.Page(1, 3, true), Answers.Page(3, 2), Answers.Page(1, 3, true), Answers.Page(2, 2));

        var error = await _rig.FailAsync();

        (error.Kind, error.Code).ShouldBe((ErrorKind.Schema, "VENDOR_PAGES_SHIFT"));
        error.Message.ShouldContain("(2 of those from 3 on)");
        error.Message.ShouldContain("row_cap");
    }

    [Fact]
    public async Task Fetch_SameKeyWithOtherValuesOnTwoPages_IsAnOverlap()
    {
        var moved = Answers.With("[\"000003.SZ\",\"20240102\",99.5]");
        _rig.Server.Then(Answers.Page(1, 3, true), moved, Answers.Page(1, 3, true), moved);

        var error = await _rig.FailAsync(TushareRig.Request() with { Key = ["ts_code", "trade_date"] });

        error.Code.ShouldBe("VENDOR_PAGES_SHIFT");
    }

    [Fact]
    public async Task Fetch_EqualRowsThatAreLegal_AreKeptWhenTheyComeAgain()
    {
        var pages = new[] { Answers.Page(1, 3, true), Answers.Page(3, 2) }; // the third row twice
        _rig.Server.Then([.. pages, .. pages]);

        var answer = await _rig.FetchAsync(TushareRig.Request() with { HasEqualRows = true });

        answer.Rows.ShouldBe(5);
        _rig.Rows().Select(r => r[..6]).ShouldBe(["000001", "000002", "000003", "000003", "000004"]);
    }

    [Theory]
    [InlineData(4, 5)] // it had moved, and has not this time
    [InlineData(3, 5)]
    [InlineData(2, -1)] // two rows that end the one page begin the other
    public async Task Fetch_EqualRowsThatAreLegal_AreToldFromRowsThatMoved(int secondBegins, int rows)
    {
        _rig.Server.Then(Answers.Page(1, 3, true), Answers.Page(3, 2));
        _rig.Server.Then(Answers.Page(1, 3, true), Answers.Page(secondBegins, secondBegins == 2 ? 3 : 2));
        var request = TushareRig.Request() with { HasEqualRows = true };

        if (rows < 0)
        {
            (await _rig.FailAsync(request)).Code.ShouldBe("VENDOR_PAGES_SHIFT");
            return;
        }

        (await _rig.FetchAsync(request)).Rows.ShouldBe(rows);
    }

    [Fact]
    public async Task Fetch_RowTwiceWithinOnePage_IsNoOverlap()
    {
        _rig.Server.Then(
            Answers.Page(1, 3, true),
            Answers.With("[\"000004.SZ\",\"20240102\",4.5],[\"000004.SZ\",\"20240102\",4.5]")
        );

        (await _rig.FetchAsync()).Rows.ShouldBe(5);
    }

    [Fact]
    public async Task Fetch_RowsOfAnEarlierRequestInTheBatch_AreNoOverlap()
    {
        _rig.Server.Then(Answers.Page(1, 2), Answers.Page(1, 3, true), Answers.Page(4, 1));

        await _rig.FetchAsync();

        (await _rig.FetchAsync()).Rows.ShouldBe(4);
    }

    /// <summary>
    /// Whatever a vendor does with limits, words and order: what is not an error is all that it has. Left out is what
    /// no client can see: a cap that is no round number and is told by nobody.
    /// </summary>
    [Fact]
    public void Fetch_PagesCutAndMixedInAnyWay_IsWholeOrAnError()
    {
        var vendors =
            from rows in Gen.Choose(0, 2600)
            from round in Gen.Elements(true, false)
            from rowsOrRound in Gen.Constant(round ? rows / 100 * 100 : rows)
            from asked in Gen.Elements(500, 600, 1000, 2000, 6000)
            from cap in Gen.Elements(int.MaxValue, 500, 700, 1000, 1600, 733)
            from word in Gen.Elements(Enum.GetValues<Word>())
            from order in Gen.Elements(Enum.GetValues<Order>())
            from ignoresOffset in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
            from seed in Gen.Choose(0, int.MaxValue)
            select new CuttingVendor(rowsOrRound, cap, word, order, ignoresOffset, seed) { Asked = asked };
        Prop.ForAll(vendors.ToArbitrary(), vendor => IsWholeOrAnError(vendor))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }

    private static bool IsWholeOrAnError(CuttingVendor vendor)
    {
        using var http = new HttpClient(vendor);
        using var client = new TushareClient(
            http,
            new TushareClientOptions
            {
                Url = new Uri("http://vendor.test"),
                Token = "t",
                RateLimits = new Dictionary<string, RateLimit> { ["default"] = RateLimit.Parse("1000000/min") },
            },
            TimeProvider.System,
            new Random(1),
            NullLogger<TushareClient>.Instance
        );
        var batch = new ColumnBatch(TushareRig.Columns);
        try
        {
            client
                .FetchAsync(TushareRig.Request(vendor.Asked), batch, new PayloadList(), CancellationToken.None)
                .GetAwaiter()
                .GetResult();
        }
        catch (VendorException e) when (e.Code.StartsWith("VENDOR_PAGE", StringComparison.Ordinal))
        {
            return !vendor.IsPlain; // nobody calls a good vendor a bad one
        }

        var codes = (TextColumn)batch.Columns[0];
        var seen = Enumerable.Range(0, batch.RowCount).Select(r => Encoding.UTF8.GetString(codes[r])).ToHashSet();
        return (seen.Count == vendor.Rows && batch.RowCount == vendor.Rows) || vendor.IsInvisible;
    }

    private enum Word
    {
        Honest,
        Omitted,
        Never,
        Always,
    }

    private enum Order
    {
        Stable,
        Shuffled,
        OneSwapped,
        RowsComeIn,
    }

    /// <summary>A vendor with a table of rows and bad habits.</summary>
    private sealed class CuttingVendor(int rows, int cap, Word word, Order order, bool ignoresOffset, int seed)
        : HttpMessageHandler
    {
        private readonly Random _random = new(seed);
        private int _calls;

        public int Rows => rows;

        public required int Asked { get; init; }

        /// <summary>Nothing is wrong with it.</summary>
        public bool IsPlain =>
            word is Word.Honest or Word.Omitted or Word.Never && order == Order.Stable && !ignoresOffset;

        /// <summary>A cut that leaves no trace: fewer rows than asked for, no round number, and no word.</summary>
        public bool IsInvisible => cap < Asked && cap % 100 != 0 && rows > cap && word is Word.Omitted or Word.Never;

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            using var asked = JsonDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
            var parameters = asked.RootElement.GetProperty("params");
            var offset = ignoresOffset ? 0 : parameters.GetProperty("offset").GetInt32();
            var limit = Math.Min(cap, parameters.GetProperty("limit").GetInt32());
            var table = Table(offset);
            var page = table.Skip(offset).Take(limit).ToArray();
            bool? more = word switch
            {
                Word.Honest => offset + page.Length < table.Length,
                Word.Omitted => null,
                Word.Never => false,
                _ => true,
            };
            var items = string.Join(
                ",",
                page.Select(n => string.Create(CultureInfo.InvariantCulture, $"[\"{n:000000}.SZ\",\"20240102\",{n}.5]"))
            );
            return new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent(Answers.With(items, more), Encoding.UTF8, "application/json"),
            };
        }

        private int[] Table(int offset)
        {
            var table = Enumerable.Range(1, rows).ToArray();
            switch (order)
            {
                case Order.Shuffled:
                    _random.Shuffle(table);
                    break;
                case Order.OneSwapped when _calls++ % 2 == 1 && rows > 1:
                    // A row of a page that has been read changes places with one of a page that has not.
                    var (from, to) = (_random.Next(rows), _random.Next(rows));
                    (table[from], table[to]) = (table[to], table[from]);
                    break;
                case Order.RowsComeIn when offset > 0:
                    // The last rows of the table are its newest, and stand before those that were there.
                    table = [.. table.Skip(rows - 3), .. table.Take(rows - Math.Min(3, rows))];
                    break;
            }

            return table;
        }
    }
}
