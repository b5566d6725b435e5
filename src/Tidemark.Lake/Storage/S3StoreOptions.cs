namespace Tidemark.Lake.Storage;

/// <summary>Where a lake on S3 is and how to connect to it.</summary>
/// <param name="Bucket">The bucket, which must exist.</param>
/// <param name="Prefix">The lake's folder in the bucket; empty for all of it.</param>
/// <param name="AccessKey">Never shown.</param>
/// <param name="SecretKey">Never shown.</param>
public sealed record S3StoreOptions(string Bucket, string Prefix, string AccessKey, string SecretKey)
{
    /// <summary>Null = Amazon's own for the region.</summary>
    public Uri? Endpoint { get; init; }

    public string Region { get; init; } = "us-east-1";

    /// <summary>Whether the bucket's name is in the path instead of the host name.</summary>
    public bool PathStyle { get; init; } = true;

    /// <summary>Files larger than this are uploaded in parts.</summary>
    public long MultipartThreshold { get; init; } = 64 << 20;

    /// <summary>Size of a part; S3 takes no less than 5 MiB and no more than 10,000 parts.</summary>
    public int PartBytes { get; init; } = 16 << 20;

    /// <summary>The time limit of a request; each megabyte adds one second.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The most times that a repeatable request is sent.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>The wait before the second attempt; it doubles with every further one.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Endpoint, bucket and prefix, for messages.</summary>
    public string Address => $"{Endpoint?.ToString().TrimEnd('/') ?? $"https://s3.{Region}.amazonaws.com"}/{Bucket}";

    public override string ToString() => Address;
}
