using Tidemark.Vendors;
using Tidemark.Vendors.AkShare;
using Tidemark.Vendors.Drops;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Hosting;

/// <summary>The vendors of the product. A new one needs a folder in <c>Tidemark.Vendors</c> and a line here.</summary>
public static class ShippedVendors
{
    public static IReadOnlyList<IVendor> All { get; } =
    [new TushareVendor(), new AkShareVendor(), new DropVendor(), new IbkrVendor()];
}
