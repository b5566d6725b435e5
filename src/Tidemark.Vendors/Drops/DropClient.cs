using System.Security.Cryptography;
using System.Text;
using Tidemark.Core.Columns;

namespace Tidemark.Vendors.Drops;

/// <summary>
/// Files of the drop folder as answers: a request is the path of one. It costs no call, and nothing limits it.
/// </summary>
/// <remarks>
/// <code>
/// find ─▶ read whole, hash ─▶ unpack ─▶ decode ─▶ keep payload
/// </code>
/// What is decoded is what was hashed, whatever happens to the file meanwhile.
/// </remarks>
internal sealed class DropClient(string folder, VendorContext context) : ISampleClient, IWatchedClient, IVersionedClient
{
    public const string PathParameter = "path";

    private readonly DropFolder _folder = new(folder);

    public string Vendor => DropErrors.VendorName;

    public string Address => folder;

    public string Fingerprint { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{DropErrors.VendorName}\n{folder}")));

    public bool CostsCalls => false;

    public async Task<VendorAnswer> FetchAsync(
        VendorRequest request,
        ColumnBatch into,
        IPayloadSink payloads,
        CancellationToken cancellationToken
    )
    {
        var (file, content) = await ReadAsync(request.Api, request.Parameters, cancellationToken);
        var text = await TextOfAsync(request.Api, file, content, cancellationToken);
        var rows = DropDecoder.Decode(request.Api, file.Path, file.Ending.Format, text.Span, into, context.UnitBytes);
        var ending = file.Ending.Format.ToString().ToLowerInvariant();
        await payloads.KeepAsync(content.Body, ending, cancellationToken);
        return new VendorAnswer(rows, Pages: 1, content.Body.Length) { Fingerprint = content.Fingerprint.ToString() };
    }

    public ValueTask<WatchedState> LookAsync(VendorRequest request, string? known, CancellationToken cancellationToken)
    {
        try
        {
            if (_folder.Find(request.Api, PathOf(request.Api, request.Parameters)) is not { } file)
            {
                return ValueTask.FromResult(default(WatchedState));
            }

            using var stream = DropFingerprint.Open(file);
            var (_, writtenAt) = DropFingerprint.StateOf(stream);
            var placedAt = _folder.PlacedAt(file);
            var changedAt = writtenAt > placedAt ? writtenAt : placedAt;
            var isSame = DropFingerprint.Parse(known)?.IsOf(file, stream) == true;
            return ValueTask.FromResult(new WatchedState(IsThere: true, !isSame, changedAt));
        }
        catch (Exception e) when (e is VendorException or IOException or UnauthorizedAccessException)
        {
            // What is wrong with it is told by the run that fetches it.
            return ValueTask.FromResult(new WatchedState(IsThere: true, IsChanged: true, ChangedAt: null));
        }
    }

    /// <summary>
    /// Whether the folder can be read and the path be one in it. Files are judged one by one when they are fetched: one
    /// with a fault keeps no other from being read.
    /// </summary>
    public Task<ProbeResult> ProbeAsync(VendorRequest request, CancellationToken cancellationToken)
    {
        try
        {
            DropFolder.EnsureValid(request.Api, PathOf(request.Api, request.Parameters));
            _folder.EnsureReadable(request.Api);
            return Task.FromResult(new ProbeResult(Allowed: true, 0, null));
        }
        catch (VendorException e)
        {
            return Task.FromResult(new ProbeResult(Allowed: false, 0, e));
        }
    }

    public async Task<ReadOnlyMemory<byte>> SampleAsync(
        string api,
        IReadOnlyDictionary<string, string> parameters,
        int rows,
        CancellationToken cancellationToken
    )
    {
        var (file, content) = await ReadAsync(api, parameters, cancellationToken);
        return await TextOfAsync(api, file, content, cancellationToken);
    }

    public Task<string> VersionsAsync(CancellationToken cancellationToken)
    {
        _folder.EnsureReadable(Vendor);
        return Task.FromResult("a folder that can be read");
    }

    private async Task<(DropFile File, DropContent Content)> ReadAsync(
        string api,
        IReadOnlyDictionary<string, string> parameters,
        CancellationToken cancellationToken
    )
    {
        var path = PathOf(api, parameters);
        if (_folder.Find(api, path) is not { } file)
        {
            _folder.EnsureReadable(api);
            throw DropErrors.Awaited(api, path, folder);
        }

        return (file, await DropContent.ReadAsync(api, file, context.AnswerBytes, cancellationToken));
    }

    private async Task<ReadOnlyMemory<byte>> TextOfAsync(
        string api,
        DropFile file,
        DropContent content,
        CancellationToken cancellationToken
    )
    {
        if (file.Ending.Format != DropFormat.Parquet)
        {
            return content.Body;
        }

        try
        {
            return await context.ParquetAsCsvAsync(content.Body, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw DropErrors.Of(file.Path).Unfinished(api, $"it is not complete Parquet ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static string PathOf(string api, IReadOnlyDictionary<string, string> parameters)
    {
        var path = parameters.GetValueOrDefault(PathParameter, "");
        return parameters.Keys.FirstOrDefault(name => name != PathParameter) is { } other
            ? throw DropErrors.Path(api, path, $"stands beside '{other}', and a file takes no other parameter")
            : path;
    }
}
