namespace Tidemark.Vendors;

/// <summary>The stable codes of a <see cref="VendorException"/>.</summary>
public static class VendorErrorCodes
{
    /// <summary>No connection, or it was lost before the answer was complete.</summary>
    public const string Unreachable = "VENDOR_UNREACHABLE";

    /// <summary>No complete answer in time.</summary>
    public const string Timeout = "VENDOR_TIMEOUT";

    /// <summary>An HTTP status other than 200.</summary>
    public const string HttpStatus = "VENDOR_HTTP_STATUS";

    /// <summary>The body is not a complete answer of this protocol: empty, HTML, cut off.</summary>
    public const string Garbled = "VENDOR_GARBLED";

    /// <summary>The body is larger than the limit.</summary>
    public const string TooLarge = "VENDOR_TOO_LARGE";

    /// <summary>Not asked, because the source has not answered the last calls.</summary>
    public const string SourceDown = "VENDOR_SOURCE_DOWN";

    /// <summary>An error text that fits no class.</summary>
    public const string Failed = "VENDOR_FAILED";

    public const string RateLimited = "VENDOR_RATE_LIMITED";
    public const string Forbidden = "VENDOR_FORBIDDEN";
    public const string Unauthorized = "VENDOR_UNAUTHORIZED";

    /// <summary>The token is in use from too many addresses.</summary>
    public const string IpQuota = "VENDOR_IP_QUOTA";

    /// <summary>The server has no such call.</summary>
    public const string NotSupported = "VENDOR_NOT_SUPPORTED";

    /// <summary>The site behind a vendor's call has changed what it sends.</summary>
    public const string UpstreamChanged = "VENDOR_UPSTREAM_CHANGED";

    public const string BadRequest = "VENDOR_BAD_REQUEST";

    /// <summary>A complete answer without the members that this protocol promises.</summary>
    public const string Envelope = "VENDOR_ENVELOPE";

    /// <summary>The answer lacks a declared column.</summary>
    public const string ColumnMissing = "VENDOR_COLUMN_MISSING";

    /// <summary>A row has more or fewer values than there are columns.</summary>
    public const string RowShape = "VENDOR_ROW_SHAPE";

    /// <summary>A value does not fit its column.</summary>
    public const string Value = "VENDOR_VALUE";

    /// <summary>The vendor sent the same page again instead of the next.</summary>
    public const string PageRepeated = "VENDOR_PAGE_REPEATED";

    /// <summary>
    /// Pages overlap: rows moved between them while they were read, so that others fell between them.
    /// </summary>
    public const string PagesShift = "VENDOR_PAGES_SHIFT";

    /// <summary>The rows take more memory than a unit may.</summary>
    public const string RowsTooLarge = "VENDOR_ROWS_TOO_LARGE";

    /// <summary>The answer holds a secret of this workspace.</summary>
    public const string EchoesSecret = "VENDOR_ECHOES_SECRET";

    /// <summary>The vendor promised more rows and sent none.</summary>
    public const string PageMissing = "VENDOR_PAGE_MISSING";

    /// <summary>More pages than anything real has.</summary>
    public const string TooManyPages = "VENDOR_TOO_MANY_PAGES";

    /// <summary>A file that is awaited is not in the drop folder yet.</summary>
    public const string FileAwaited = "FILE_AWAITED";

    /// <summary>A file is still being written, or is cut off.</summary>
    public const string FileUnfinished = "FILE_UNFINISHED";

    /// <summary>Several files stand for one.</summary>
    public const string FileAmbiguous = "FILE_AMBIGUOUS";

    /// <summary>A file is there and cannot be read.</summary>
    public const string FileUnreadable = "FILE_UNREADABLE";

    /// <summary>A file's text is not UTF-8.</summary>
    public const string FileEncoding = "FILE_ENCODING";

    /// <summary>The path of a dataset cannot be one of a file in the drop folder.</summary>
    public const string FilePathInvalid = "FILE_PATH_INVALID";

    /// <summary>The drop folder is not there, or cannot be read.</summary>
    public const string FileFolderMissing = "FILE_FOLDER_MISSING";
}
