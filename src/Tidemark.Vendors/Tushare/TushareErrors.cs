using System.Globalization;
using System.Text.RegularExpressions;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Tushare;

/// <summary>What Tushare's error texts mean, and the messages of the errors that only its client reports.</summary>
internal static partial class TushareErrors
{
    private const string Vendor = TushareDecoder.VendorName;
    private const int WrongToken = 40101;
    private const int TooManyAddresses = 40204;
    private const int BadParameters = 50101;
    private const string NoSuchApi = "请指定正确的接口名";
    private const string RunLater = AnswerErrors.RunLater;
    private const string TellTheVendor = $"{RunLater} If it stays so, tell the vendor.";
    private const string AskForLess =
        "Ask for less at once in the dataset's `request`: a `fan_out`, or a `row_cap` that a whole answer fits.";

    /// <summary>The messages of what any vendor's answer may suffer from.</summary>
    public static AnswerErrors Answer { get; } = new(Vendor, "Tushare");

    /// <summary>
    /// Classifies an error answer. Code 40203 stands for "no permission" and for "too often" alike, and 40101 for a
    /// wrong token and for an api that there is not, so that the text decides, and the order matters: a refusal for
    /// being too often also points to the page about permissions.
    /// </summary>
    public static VendorFault Classify(int code, string text)
    {
        if (TooOften().IsMatch(text))
        {
            return new(
                ErrorKind.RateLimit,
                VendorErrorCodes.RateLimited,
                "Wait until the window ends; if the account may make more calls by now, say so in `vendors.tushare.rate_limits`.",
                LimitIn(text)
            );
        }

        if (Has(text, "权限", "积分"))
        {
            return new(
                ErrorKind.Permission,
                VendorErrorCodes.Forbidden,
                "The account lacks the points or the purchase for this api; upgrade it."
            );
        }

        if (Has(text, NoSuchApi))
        {
            return Misasked();
        }

        var speaksOfToken = text.Contains("token", StringComparison.OrdinalIgnoreCase);
        if ((speaksOfToken && Has(text, "不对", "无效")) || code == WrongToken)
        {
            return new(
                ErrorKind.Unauthorized,
                VendorErrorCodes.Unauthorized,
                "Set the right token: `tidemark token set`, or the environment variable TUSHARE_TOKEN; further accounts stand in `vendors.tushare.more_tokens`."
            );
        }

        if (code == TooManyAddresses || Has(text, "IP数量超限"))
        {
            // Unauthorized, because every further call from this address would fail too.
            return new(
                ErrorKind.Unauthorized,
                VendorErrorCodes.IpQuota,
                "The token is in use from too many addresses; stop the other host or wait until the vendor forgets it."
            );
        }

        if (code == BadParameters || Has(text, "必填参数", "参数校验失败"))
        {
            return Misasked();
        }

        return code switch
        {
            // Documented once, not seen for years.
            2002 or -2002 => new(ErrorKind.Permission, VendorErrorCodes.Forbidden, "The account may not use this api."),
            -2001 => new(
                ErrorKind.BadRequest,
                VendorErrorCodes.BadRequest,
                "Compare the dataset's `request` with the vendor's documentation."
            ),
            _ => new(ErrorKind.Transient, VendorErrorCodes.Failed, RunLater),
        };
    }

    private static VendorFault Misasked() =>
        new(
            ErrorKind.BadRequest,
            VendorErrorCodes.BadRequest,
            "Compare the dataset's `api` and `request` with the vendor's documentation."
        );

    /// <summary>What an answer with a code other than 0 says.</summary>
    public static VendorException Refused(string api, int code, string text)
    {
        var fault = Classify(code, text);
        return new VendorException(
            Vendor,
            api,
            fault.Kind,
            fault.ErrorCode,
            $"Tushare refused '{api}' (code {code}): {Excerpt.Sentence(text, 300)} {fault.Advice}"
        )
        {
            VendorCode = code,
            Limit = fault.Limit,
        };
    }

    public static VendorException NoToken(string api) =>
        new(
            Vendor,
            api,
            ErrorKind.Unauthorized,
            VendorErrorCodes.Unauthorized,
            "There is no Tushare token. Set TUSHARE_TOKEN or store one, then try again."
        );

    public static VendorException PagingParameter(string api, string name) =>
        new(
            Vendor,
            api,
            ErrorKind.BadRequest,
            VendorErrorCodes.BadRequest,
            $"The request to Tushare's '{api}' sets '{name}', which paging needs for itself. Remove it from the params; the page size is the dataset's row cap."
        );

    public static VendorException PageRepeated(string api, int offset, int rows) =>
        Schema(
            api,
            VendorErrorCodes.PageRepeated,
            $"Tushare sent the same {rows} rows of '{api}' again when asked for those from {offset} on: it ignores the offset, so rows beyond its cap cannot be had this way. {AskForLess}"
        );

    public static VendorException PageMissing(string api, int offset) =>
        Schema(
            api,
            VendorErrorCodes.PageMissing,
            $"Tushare promised more rows of '{api}' and sent none from {offset} on. The answer is incomplete. {TellTheVendor}"
        );

    public static VendorException TooManyPages(string api, int pages, int rows) =>
        Schema(
            api,
            VendorErrorCodes.TooManyPages,
            $"Tushare still promises more of '{api}' after {pages} pages with {rows} rows. {AskForLess}"
        );

    public static VendorException PagesShift(string api, int offset, int repeated) =>
        Schema(
            api,
            VendorErrorCodes.PagesShift,
            $"Tushare's pages of '{api}' overlap: rows that had come before came again ({repeated} of those from {offset} on), also when all pages were read a second time. As many others may be missing, so that nothing of it is kept. {RunLater} If it stays so, ask for less at once in the dataset's `request`: a `row_cap` that a whole answer fits, or a `fan_out`."
        );

    /// <summary>Nobody is told: the request is read from its beginning.</summary>
    public static VendorException SeamMoved(string api, int offset) =>
        Schema(
            api,
            VendorErrorCodes.PagesShift,
            $"Row {offset + 1} of Tushare's '{api}' is no longer the one that ended the pages kept of an earlier fetch."
        );

    private static VendorException Schema(string api, string code, string message) =>
        new(Vendor, api, ErrorKind.Schema, code, message);

    private static RateLimit? LimitIn(string text)
    {
        var match = LimitNewWording().Match(text);
        if (!match.Success)
        {
            match = LimitOldWording().Match(text);
        }

        if (
            !int.TryParse(
                match.Groups["calls"].ValueSpan,
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var calls
            )
        )
        {
            return null;
        }

        var window = match.Groups["window"].Value switch
        {
            "小时" => TimeSpan.FromHours(1),
            "天" => TimeSpan.FromDays(1),
            _ => TimeSpan.FromMinutes(1),
        };
        return new RateLimit(Math.Max(1, calls), window);
    }

    private static bool Has(string text, params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
        {
            if (text.Contains(part, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    [GeneratedRegex("频率超限|每分钟最多访问|每小时最多访问|每天最多访问", RegexOptions.CultureInvariant)]
    private static partial Regex TooOften();

    [GeneratedRegex("(?<calls>[0-9]{1,9})次/(?<window>分钟|小时|天)", RegexOptions.ExplicitCapture)]
    private static partial Regex LimitNewWording();

    [GeneratedRegex("每(?<window>分钟|小时|天)最多访问[^0-9]*(?<calls>[0-9]{1,9})次", RegexOptions.ExplicitCapture)]
    private static partial Regex LimitOldWording();
}

/// <summary>What an error answer means.</summary>
/// <param name="Advice">What to do next.</param>
/// <param name="Limit">The limit that the vendor named, when it refused for being asked too often.</param>
internal readonly record struct VendorFault(ErrorKind Kind, string ErrorCode, string Advice, RateLimit? Limit = null);
