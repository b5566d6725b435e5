using Tidemark.Core.Errors;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Drops;

/// <summary>The messages of what can be wrong with the drop folder and the files in it.</summary>
internal static class DropErrors
{
    public const string VendorName = "file";

    /// <summary>What any answer may suffer from, told of a file.</summary>
    /// <param name="path">The file, as below the drop folder.</param>
    public static AnswerErrors Of(string path) => new(VendorName, "the drop folder", path);

    public static VendorException Awaited(string api, string path, string folder) =>
        Error(
            api,
            ErrorKind.Transient,
            VendorErrorCodes.FileAwaited,
            $"The file '{path}' is awaited in {folder} and not there yet. Its absence says nothing of its rows: for a day without any, put down a file with its header alone."
        );

    public static VendorException Ambiguous(string api, IReadOnlyList<string> paths) =>
        Error(
            api,
            ErrorKind.Schema,
            VendorErrorCodes.FileAmbiguous,
            $"The files {string.Join(" and ", paths.Select(path => $"'{path}'"))} stand for the same rows, and nobody says which counts. Leave one there, or name its ending in `request.params.path` of the dataset."
        );

    public static VendorException Unreadable(string api, string path, Exception inner) =>
        Error(
            api,
            ErrorKind.Transient,
            VendorErrorCodes.FileUnreadable,
            $"The file '{path}' cannot be read: {Excerpt.Sentence(inner.Message, 200)} Give this user the right to read it; the next run reads it again.",
            inner
        );

    public static VendorException NotUtf8(string api, string path, int line) =>
        Error(
            api,
            ErrorKind.Schema,
            VendorErrorCodes.FileEncoding,
            $"The file '{path}' is not UTF-8 (line {line}); GBK or UTF-16 is a usual cause. Save it as UTF-8, for example with `iconv -f GBK -t UTF-8`; the next run reads it again."
        );

    public static VendorException NoSample(string api) =>
        Error(
            api,
            ErrorKind.BadRequest,
            VendorErrorCodes.BadRequest,
            "It is Parquet, and columns are guessed from text. Give some of its rows as CSV, for example by DuckDB's `COPY (FROM 'x.parquet' LIMIT 100) TO 'x.csv'`; what is drafted can read Parquet, if its path ends so."
        );

    /// <param name="what">What is wrong with it, as the rest of a sentence about the path.</param>
    public static VendorException Path(string api, string path, string what) =>
        Error(
            api,
            ErrorKind.BadRequest,
            VendorErrorCodes.FilePathInvalid,
            $"The path '{Excerpt.Of(path, 120)}' of '{api}' {what}. Correct `request.params.path` of the dataset: it is a path below the drop folder, like signals/{{dt:yyyy-MM-dd}}.csv."
        );

    public static VendorException Folder(string api, string folder, string why, Exception? inner = null) =>
        Error(
            api,
            ErrorKind.Configuration,
            VendorErrorCodes.FileFolderMissing,
            $"The drop folder {folder} {why}. Make it, or correct `vendors.{VendorName}.folder` in tidemark.yaml.",
            inner
        );

    private static VendorException Error(
        string api,
        ErrorKind kind,
        string code,
        string message,
        Exception? inner = null
    ) => new(VendorName, api, kind, code, message, inner);
}
