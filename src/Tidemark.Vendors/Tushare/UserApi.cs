using Tidemark.Core.Columns;

namespace Tidemark.Vendors.Tushare;

/// <summary>
/// The api <c>user</c>: a row for each part of an account's points, with its last day. It has none for points that
/// never end, and its columns have Chinese names (seen in answers; the vendor's pages do not have it).
/// </summary>
internal static class UserApi
{
    private const string Api = "user";
    private const int MostParts = 100;
    private static readonly DateOnly s_epoch = new(1970, 1, 1);

    private static readonly ColumnDefinition[] s_columns =
    [
        new("until", ColumnKind.Date, VendorName: "到期时间"),
        new("points", ColumnKind.Double, VendorName: "到期积分"),
    ];

    public static VendorRequest Request(string token) =>
        new(Api, new Dictionary<string, string> { ["token"] = token }, s_columns, MostParts);

    /// <summary>The parts in the order in which they end; rows without a day or points say nothing.</summary>
    public static IReadOnlyList<Entitlement> Read(ColumnBatch rows)
    {
        var until = (ValueColumn<int>)rows.Columns[0];
        var points = (ValueColumn<double>)rows.Columns[1];
        var parts = new List<Entitlement>(rows.RowCount);
        for (var row = 0; row < rows.RowCount; row++)
        {
            if (!until.IsNull(row) && !points.IsNull(row))
            {
                parts.Add(new Entitlement((int)points.Values[row], s_epoch.AddDays(until.Values[row])));
            }
        }

        return [.. parts.OrderBy(part => part.Until)];
    }
}
