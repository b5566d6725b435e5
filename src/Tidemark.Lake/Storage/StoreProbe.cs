using System.Globalization;
using System.Text;
using Tidemark.Core.Errors;

namespace Tidemark.Lake.Storage;

/// <summary>A promise of the store, and whether the store kept it.</summary>
/// <param name="Name">The promise, for example <c>put_if_absent</c>.</param>
/// <param name="Ok">Whether it holds.</param>
/// <param name="Message">What the store did.</param>
public sealed record StoreFinding(string Name, bool Ok, string Message);

/// <summary>Tests what a store really does, with objects of its own that it removes again.</summary>
public sealed class StoreProbe(IObjectStore store)
{
    internal const string Folder = "_tidemark/probe/";
    private const int Keys = 8;
    private const int Writers = 16;
    private readonly string _name = $"{Folder}{Path.GetRandomFileName()}-";

    /// <summary>The findings, in the order in which they were made.</summary>
    /// <exception cref="TidemarkException">The store cannot be reached, or refuses the credentials.</exception>
    public async Task<IReadOnlyList<StoreFinding>> RunAsync(CancellationToken cancellationToken)
    {
        // A store that cannot be reached or refuses us fails here, before there is anything to clean up.
        _ = await store.GetAsync(_name + "nothing", cancellationToken);
        var findings = new List<StoreFinding>();
        try
        {
            findings.Add(await ConditionAsync(cancellationToken));
            findings.Add(await ReadAfterWriteAsync(cancellationToken));
            findings.Add(await ListAfterWriteAsync(cancellationToken));
            findings.Add(await RangeAsync(cancellationToken));
            findings.Add(await DeleteAsync(cancellationToken));
        }
        finally
        {
            await foreach (var left in store.ListAsync(Folder, null, CancellationToken.None))
            {
                if (left.Key.StartsWith(_name, StringComparison.Ordinal))
                {
                    await store.DeleteAsync(left.Key, CancellationToken.None);
                }
            }

            // Don't rely on a listing to find them: one that lags does not name them all.
            foreach (var key in RaceKeys())
            {
                await store.DeleteAsync(key, CancellationToken.None);
            }
        }

        return findings;
    }

    /// <summary>The error for a store on which two writers can make the same version.</summary>
    internal static TidemarkException Unconditional(string where) =>
        new(
            ErrorKind.Storage,
            "STORE_UNCONDITIONAL",
            $"{where}: the server ignores 'If-None-Match: *' and replaced an object that was there. On it two writers could make the same version of a "
                + "table and one would be lost, so nothing was committed. Use a server that honours conditional writes (Amazon S3, MinIO, Ceph)."
        );

    private IEnumerable<string> RaceKeys() =>
        Enumerable.Range(0, Keys).Select(i => string.Create(CultureInfo.InvariantCulture, $"{_name}race-{i}"));

    private async Task<StoreFinding> ConditionAsync(CancellationToken cancellationToken)
    {
        const string Name = "put_if_absent";
        foreach (var key in RaceKeys())
        {
            bool[] won;
            try
            {
                won = await Task.WhenAll(
                    Enumerable
                        .Range(0, Writers)
                        .Select(i => Task.Run(() => store.PutIfAbsentAsync(key, Content(i), cancellationToken)))
                );
            }
            catch (TidemarkException e) when (e.Code == "STORE_UNCONDITIONAL")
            {
                return new StoreFinding(Name, false, e.Message);
            }

            var winners = Enumerable.Range(0, Writers).Where(i => won[i]).ToArray();
            var standing = await store.GetAsync(key, cancellationToken);
            if (winners.Length != 1 || standing is null || !standing.AsSpan().SequenceEqual(Content(winners[0]).Span))
            {
                return new StoreFinding(
                    Name,
                    false,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{winners.Length} of {Writers} writers were told that they wrote {key} first, and it holds {(standing is null ? "nothing" : Encoding.UTF8.GetString(standing))}"
                    )
                );
            }
        }

        return new StoreFinding(
            Name,
            true,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Writers} writers on each of {Keys} keys: one winner each, whose bytes stand"
            )
        );
    }

    private async Task<StoreFinding> ReadAfterWriteAsync(CancellationToken cancellationToken)
    {
        var key = _name + "read";
        for (var i = 0; i < Keys; i++)
        {
            await store.PutAsync(key, Content(i), Durability.Rebuildable, cancellationToken);
            var read = await store.GetAsync(key, cancellationToken);
            if (read is null || !read.AsSpan().SequenceEqual(Content(i).Span))
            {
                return new StoreFinding("read_after_write", false, "what was just written was not what was read");
            }
        }

        return new StoreFinding("read_after_write", true, "each write was read at once");
    }

    private async Task<StoreFinding> ListAfterWriteAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < Keys; i++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"{_name}list-{i}");
            await store.PutAsync(key, Content(i), Durability.Rebuildable, cancellationToken);
            var listed = false;
            await foreach (var found in store.ListAsync(Folder, null, cancellationToken))
            {
                listed |= found.Key == key;
            }

            if (!listed)
            {
                return new StoreFinding("list_after_write", false, $"{key} was just written and is not listed");
            }
        }

        return new StoreFinding("list_after_write", true, "each new object was listed at once");
    }

    private async Task<StoreFinding> RangeAsync(CancellationToken cancellationToken)
    {
        var key = _name + "range";
        await store.PutAsync(key, "0123456789"u8.ToArray(), Durability.Rebuildable, cancellationToken);
        var middle = await store.GetRangeAsync(key, 3, 4, cancellationToken);
        return middle is not null && middle.AsSpan().SequenceEqual("3456"u8)
            ? new StoreFinding("range", true, "a part of an object was read alone")
            : new StoreFinding("range", false, "asked for bytes 3 to 6, the store gave others");
    }

    private async Task<StoreFinding> DeleteAsync(CancellationToken cancellationToken)
    {
        var key = _name + "range";
        await store.DeleteAsync(key, cancellationToken);
        await store.DeleteAsync(key, cancellationToken);
        return await store.GetAsync(key, cancellationToken) is null
            ? new StoreFinding("delete", true, "a removed object is gone, removing it again is no error")
            : new StoreFinding("delete", false, "an object can be read after it was removed");
    }

    private static ReadOnlyMemory<byte> Content(int i) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"writer {i}"));
}
