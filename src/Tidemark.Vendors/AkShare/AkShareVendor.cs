namespace Tidemark.Vendors.AkShare;

/// <summary>What a workspace says of AkShare.</summary>
/// <param name="Url">An AKTools server.</param>
public sealed record AkShareOptions(Uri Url);

/// <summary>AkShare through an AKTools server. It has its section, and serves no datasets yet.</summary>
public sealed class AkShareVendor : IVendor
{
    public string Name => "akshare";

    public IReadOnlyList<VendorKey> Keys { get; } =
    [
        new("url", "http://127.0.0.1:8080", "an AKTools server; nothing reads this yet")
        {
            Kind = "address",
            IsUnread = true,
        },
    ];

    public object ReadOptions(IVendorSection section) => new AkShareOptions(section.Url("url"));
}
