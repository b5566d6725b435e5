using System.Globalization;

namespace Tidemark.Vendors.Tests.Support;

/// <summary>Bodies as the vendor writes them.</summary>
internal static class Answers
{
    /// <summary>A page of rows numbered from <paramref name="first"/>; code and close follow the number.</summary>
    public static string Page(int first, int rows, bool? hasMore = false)
    {
        var items = string.Join(
            ",",
            Enumerable
                .Range(first, rows)
                .Select(n => string.Create(CultureInfo.InvariantCulture, $"[\"{n:000000}.SZ\",\"20240102\",{n}.5]"))
        );
        return With(items, hasMore);
    }

    public static string With(
        string items,
        bool? hasMore = false,
        string fields = "\"ts_code\",\"trade_date\",\"close\""
    )
    {
        var more = hasMore is { } flag ? $",\"has_more\":{(flag ? "true" : "false")},\"count\":-1" : "";
        return $"{{\"request_id\":\"c35b6cbe\",\"code\":0,\"data\":{{\"fields\":[{fields}],\"items\":[{items}]{more}}},\"msg\":\"\"}}";
    }

    public static string Error(int code, string text) =>
        $"{{\"request_id\":\"c35b6cbe\",\"code\":{code},\"msg\":\"{text}\",\"data\":null}}";
}
