using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;

namespace Tidemark.Vendors;

/// <summary>One vendor's protocol, used with one account. Knows nothing of the lake. Thread-safe.</summary>
public interface IVendorClient
{
    /// <summary>The vendor as datasets name it, for example <c>tushare</c>.</summary>
    string Vendor { get; }

    /// <summary>Where it asks, for people; without user name and password.</summary>
    string Address { get; }

    /// <summary>
    /// Which address is asked with which account, without telling either (hexadecimal digits): another one as soon as
    /// one of them changes, the same in every process. May be kept.
    /// </summary>
    string Fingerprint { get; }

    /// <summary>
    /// Fetches every page of one request and appends its rows to <paramref name="into"/>, whose columns are those of
    /// the request, in its order. All or nothing: on an error <paramref name="into"/> may hold rows of earlier pages
    /// and must be thrown away by the caller.
    /// </summary>
    /// <exception cref="VendorException">
    /// The vendor said no, could not be reached, or answered something that cannot be right.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<VendorAnswer> FetchAsync(
        VendorRequest request,
        ColumnBatch into,
        IPayloadSink payloads,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// What the limits of an api count: its own calls, or those of all apis of a group, which then has one name.
    /// </summary>
    string CountedAs(string api) => api;

    /// <summary>Whether a request is a call that somebody counts.</summary>
    bool CostsCalls => true;

    /// <summary>
    /// The limits that are kept to for an api: those that are configured, and those that the vendor has named. Empty
    /// where none is known.
    /// </summary>
    ValueTask<IReadOnlyList<RateLimit>> LimitsAsync(string api, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<RateLimit>>([]);

    /// <summary>
    /// The time until a call of an api may be made by its limits, of which earlier ones may have used up; zero = now.
    /// </summary>
    ValueTask<TimeSpan> WaitAsync(string api, CancellationToken cancellationToken) =>
        ValueTask.FromResult(TimeSpan.Zero);

    /// <summary>
    /// Keeps what the next process has to know of the calls made so far: the vendor counts on. Called at the end of
    /// work; what is not kept by then is no more than some seconds' calls.
    /// </summary>
    ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>
    /// How its sources answered the last calls, of this process and those before it. Empty where nobody asked.
    /// </summary>
    Task<IReadOnlyList<SourceState>> SourcesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SourceState>>([]);

    /// <summary>
    /// The cheapest call (limit 1) that proves that the api may be used with this account and still has the declared
    /// columns. What the vendor answers, a refusal too, is the result; only cancellation is thrown.
    /// </summary>
    Task<ProbeResult> ProbeAsync(VendorRequest request, CancellationToken cancellationToken);
}

/// <summary>One question to a vendor.</summary>
/// <param name="Api">The vendor's name of the call.</param>
/// <param name="Parameters">As the vendor spells them; paging is the client's and not among them.</param>
/// <param name="Columns">What to ask for and how to read it.</param>
/// <param name="RowCap">The most rows that the vendor returns at once; also the page size that is asked for.</param>
public sealed record VendorRequest(
    string Api,
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyList<ColumnDefinition> Columns,
    int RowCap
)
{
    /// <summary>
    /// Names of the columns whose values no two rows of an answer share: by them pages are told to overlap. Empty =
    /// whole rows are compared.
    /// </summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>
    /// Whether the vendor has equal rows that are both right. On two pages they look like pages that overlap.
    /// </summary>
    public bool HasEqualRows { get; init; }
}

/// <summary>The result of one request.</summary>
/// <param name="Rows">Rows appended.</param>
/// <param name="Pages">Answers used, also an empty last one.</param>
/// <param name="Bytes">Size of these answers, unpacked.</param>
public sealed record VendorAnswer(int Rows, int Pages, long Bytes)
{
    /// <summary>
    /// By what a <see cref="IWatchedClient"/> knows again what it has read, one line; null of other vendors.
    /// </summary>
    public string? Fingerprint { get; init; }
}

/// <summary>The result of a probe.</summary>
/// <param name="Allowed">Whether the api answered with the declared columns.</param>
/// <param name="Rows">Rows that came (0 or 1).</param>
/// <param name="Error">Why not; null when allowed.</param>
public sealed record ProbeResult(bool Allowed, int Rows, VendorException? Error)
{
    /// <summary>How the refusal is classed; null when allowed.</summary>
    public ErrorKind? Kind => Error?.Kind;
}

/// <summary>
/// Receives each response body as received (unpacked): raw payloads are kept for audits, and so that a fetch that did
/// not end can go on. Called once a page, in order, before the page's rows count as fetched; the memory is only valid
/// during the call. Where pages overlapped and were read again, both readings come.
/// </summary>
public interface IPayloadSink
{
    ValueTask KeepAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken);

    /// <summary>The same of a body that is no JSON.</summary>
    /// <param name="body">The body.</param>
    /// <param name="ending">Of its file, without a dot: <c>csv</c>.</param>
    /// <param name="cancellationToken">Stops the keeping.</param>
    ValueTask KeepAsync(ReadOnlyMemory<byte> body, string ending, CancellationToken cancellationToken) =>
        KeepAsync(body, cancellationToken);

    /// <summary>The same of a page of a request that was begun with <see cref="BeginAsync"/>.</summary>
    ValueTask KeepAsync(ReadOnlyMemory<byte> body, PageReceipt page, CancellationToken cancellationToken) =>
        KeepAsync(body, cancellationToken);

    /// <summary>
    /// A request with pages begins. Gives the pages that an earlier fetch of the same request, not long ago, has
    /// received, from the first one on; none where it is to be fetched from its beginning.
    /// </summary>
    ValueTask<IReadOnlyList<KeptPage>> BeginAsync(
        IVendorClient client,
        VendorRequest request,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult<IReadOnlyList<KeptPage>>([]);

    /// <summary>The request is read from its beginning: what came of it so far counts no more.</summary>
    ValueTask RestartAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

/// <summary>Where a page stands in its answer.</summary>
/// <param name="Offset">The row that it was asked for from.</param>
/// <param name="GoesOn">Whether another page is asked for after it.</param>
public readonly record struct PageReceipt(int Offset, bool GoesOn);

/// <summary>A page that an earlier fetch has received.</summary>
/// <param name="Offset">The row that it was asked for from.</param>
/// <param name="Body">Its bytes.</param>
public sealed record KeptPage(int Offset, ReadOnlyMemory<byte> Body);
