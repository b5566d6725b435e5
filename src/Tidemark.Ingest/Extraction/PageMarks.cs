using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tidemark.Core.Answers;
using Tidemark.Core.Errors;
using Tidemark.Lake.Storage;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Extraction;

/// <summary>
/// What of a unit has been received so far, in an object beside its payloads: a fetch that was killed, or failed at a
/// page, goes on there. It is read when a unit is begun and removed when it is fetched; that of a unit of one page is
/// never written.
/// </summary>
internal sealed class PageMarks(IObjectStore store, string key, TimeProvider clock)
{
    /// <summary>
    /// Pages are parts of one answer only when they are asked for soon after each other: a vendor goes on loading. An
    /// hour, by the first page, covers a run that is started again, and the first attempts at a unit that failed.
    /// </summary>
    public static readonly TimeSpan Age = TimeSpan.FromHours(1);

    private const int Rules = 1;
    private List<Mark>? _all;
    private bool _isStored;

    /// <summary>What makes an answer another one: who is asked as whom, and all that is asked for.</summary>
    public static string BasisOf(IVendorClient client, VendorRequest request) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        Rules,
                        client.Fingerprint,
                        request,
                    }
                )
            )
        );

    public static string HashOf(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));

    /// <summary>The marks of a request that may still be used, in the order of the pages.</summary>
    public async Task<IReadOnlyList<Mark>> OfAsync(string basis, CancellationToken cancellationToken)
    {
        if (_all is null)
        {
            _all = await ReadAsync(cancellationToken);
            _isStored = _all.Count > 0;
        }

        var its = _all.Where(mark => mark.Basis == basis).ToArray();
        var age = its.Length == 0 ? TimeSpan.Zero : clock.GetUtcNow() - its[0].At;
        return age >= TimeSpan.Zero && age <= Age ? its : [];
    }

    /// <summary>Marks a page that is in the store.</summary>
    public async Task AddAsync(
        string basis,
        int number,
        PageReceipt page,
        string hash,
        CancellationToken cancellationToken
    )
    {
        _all!.Add(new Mark(basis, number, page.Offset, page.GoesOn, hash, clock.GetUtcNow()));
        await WriteAsync(cancellationToken);
    }

    /// <summary>Only the first pages of a request count: the others are asked for again.</summary>
    public async ValueTask LimitAsync(string basis, int pages, CancellationToken cancellationToken)
    {
        var seen = 0;
        if (_all!.RemoveAll(mark => mark.Basis == basis && ++seen > pages) > 0)
        {
            await WriteAsync(cancellationToken);
        }
    }

    /// <summary>The unit is fetched.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        if (_isStored)
        {
            await store.DeleteAsync(key, cancellationToken);
        }
    }

    private async Task<List<Mark>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await store.GetAsync(key, cancellationToken) is { } bytes
                ? [.. AnswerTable.Parse(Encoding.UTF8.GetString(bytes)).Rows.Select(Read)]
                : [];
        }
        catch (Exception e)
            when (e is TidemarkException or FormatException or ArgumentException or IndexOutOfRangeException)
        {
            return []; // the unit is fetched from its beginning
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        _isStored = true;
        await store.PutAsync(key, Encoding.UTF8.GetBytes(Text()), Durability.Rebuildable, cancellationToken);
    }

    private string Text() =>
        new AnswerTable([
            .. _all!.Select(mark =>
                (IReadOnlyList<string>)
                    [
                        mark.Basis,
                        mark.Number.ToString(CultureInfo.InvariantCulture),
                        mark.Offset.ToString(CultureInfo.InvariantCulture),
                        mark.GoesOn ? "1" : "0",
                        mark.Hash,
                        mark.At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
                    ]
            ),
        ]).ToString();

    private static Mark Read(IReadOnlyList<string> row) =>
        new(
            row[0],
            int.Parse(row[1], CultureInfo.InvariantCulture),
            int.Parse(row[2], CultureInfo.InvariantCulture),
            row[3] == "1",
            row[4],
            DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(row[5], CultureInfo.InvariantCulture))
        );

    /// <summary>A page that was received.</summary>
    /// <param name="Basis">Of which request.</param>
    /// <param name="Number">Of its payload.</param>
    /// <param name="Offset">The row that it was asked for from.</param>
    /// <param name="GoesOn">Whether another page was to be asked for.</param>
    /// <param name="Hash">Of its bytes.</param>
    /// <param name="At">When it came.</param>
    internal sealed record Mark(string Basis, int Number, int Offset, bool GoesOn, string Hash, DateTimeOffset At);
}
