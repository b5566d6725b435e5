using Tidemark.Core.Errors;
using Tidemark.Hosting.Workspace;
using Tidemark.Lake.Storage;

namespace Tidemark.Hosting;

/// <summary>
/// Opens the store that a workspace names: a folder, or <c>s3://bucket/prefix</c> with a cache on this machine.
/// </summary>
public static class StoreFactory
{
    private const string StagingFolder = "_staging";

    /// <exception cref="TidemarkException">
    /// The folder cannot be made, or the address or a secret is missing.
    /// </exception>
    public static IObjectStore Open(WorkspaceOptions options, TimeProvider clock)
    {
        if (!options.Lake.IsUrl)
        {
            return new LocalObjectStore(options.Lake.Path);
        }

        // Used as written: a Uri would change the letters of bucket or prefix.
        var parts = options.Lake.Value["s3://".Length..].Split('/', 2);
        if (parts[0].Length == 0)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "LAKE_UNSUPPORTED",
                $"lake: {options.Lake} names no bucket. Write it like s3://bucket/prefix."
            );
        }

        var s3 = options.S3;
        return new S3ObjectStore(
            new S3StoreOptions(parts[0], parts.Length > 1 ? parts[1] : "", s3.AccessKey.Read(), s3.SecretKey.Read())
            {
                Endpoint = s3.Endpoint,
                Region = s3.Region,
                PathStyle = s3.PathStyle,
            },
            new FileCache(s3.Cache, s3.CacheBytes, clock),
            clock
        );
    }

    /// <summary>
    /// The folder in which runs make their files: in the lake's own folder, or beside the cache, so that a rename keeps
    /// a file that was written.
    /// </summary>
    public static StagingArea Staging(WorkspaceOptions options) =>
        new(Path.Combine(options.Lake.IsUrl ? options.S3.Cache : options.Lake.Path, StagingFolder));
}
