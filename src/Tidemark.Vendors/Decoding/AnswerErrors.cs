using Tidemark.Core.Columns;
using Tidemark.Core.Errors;

namespace Tidemark.Vendors.Decoding;

/// <summary>The messages of what can go wrong with any vendor's answer, over HTTP or in a file.</summary>
/// <param name="vendor">As datasets name it.</param>
/// <param name="name">As people say it.</param>
/// <param name="file">The file that is the answer, as messages name it; null for answers over HTTP.</param>
internal sealed class AnswerErrors(string vendor, string name, string? file = null)
{
    public const string RunLater = "Run the same command again later.";
    private const string TellTheVendor = $"{RunLater} If it stays so, tell the vendor.";
    private const string CorrectTheFile = "Correct the file: the next run reads it again.";

    private readonly string _toDo = file is null ? TellTheVendor : CorrectTheFile;
    private readonly string _checkTheWay = $"Check the network and `vendors.{vendor}.url`.";

    public VendorException OutOfCalls(string api, string whose, TimeSpan retryAfter, string limits) =>
        new(
            vendor,
            api,
            ErrorKind.RateLimit,
            VendorErrorCodes.RateLimited,
            $"The calls to {whose} ({limits}) are used up.{VendorException.After(retryAfter)} If more may be made by now, say so in `vendors.{vendor}.rate_limits`."
        )
        {
            RetryAfter = retryAfter,
        };

    public VendorException Unreachable(string api, string where, Exception inner) =>
        Transient(
            api,
            VendorErrorCodes.Unreachable,
            $"{name} at {where} could not be asked for '{api}': {Sentence(inner.Message)} {_checkTheWay}",
            inner
        );

    public VendorException Lost(string api, string where, long bytes, Exception inner) =>
        Transient(
            api,
            VendorErrorCodes.Unreachable,
            $"The connection to {name} at {where} broke after {bytes} bytes of the answer to '{api}': {Sentence(inner.Message)} {_checkTheWay}",
            inner
        );

    public VendorException TimedOut(string api, string where, TimeSpan timeout, Exception inner) =>
        Transient(
            api,
            VendorErrorCodes.Timeout,
            $"{name} at {where} did not answer '{api}' within {timeout.TotalSeconds:0.###} s. {_checkTheWay}",
            inner
        );

    public VendorException Status(string api, string where, int status, TimeSpan? retryAfter)
    {
        var isTransient = status is >= 500 or 408 or 429;
        var advice = isTransient ? RunLater : $"Check `vendors.{vendor}.url` in tidemark.yaml.";
        return new(
            vendor,
            api,
            isTransient ? ErrorKind.Transient : ErrorKind.BadRequest,
            VendorErrorCodes.HttpStatus,
            $"{name} at {where} answered '{api}' with HTTP status {status}. {advice}"
        )
        {
            RetryAfter = retryAfter,
            IsOutage = isTransient && status != 429,
        };
    }

    public VendorException TooLarge(string api, long limit) =>
        Schema(
            api,
            VendorErrorCodes.TooLarge,
            $"{Begin(api)} is larger than {limit} bytes, unpacked, which is the limit of an answer. {(file is null ? "Ask for less at once in the dataset's `request` (a smaller `row_cap`, a `fan_out`)" : "Make several files of it")}, or raise `engine.memory`."
        );

    public VendorException Garbled(string api, ReadOnlySpan<byte> body, string reason, Exception? inner)
    {
        if (file is not null)
        {
            return Unfinished(api, $"it is not complete JSON: {reason}", inner);
        }

        var what = body.TrimStart(" \t\r\n"u8).StartsWith("<"u8)
            ? "is HTML or XML, not JSON"
            : $"is not complete JSON: {reason}";
        var begin = body.IsEmpty ? "" : $" It begins with: {Excerpt.Of(body, 80)}";
        return Transient(
            api,
            VendorErrorCodes.Garbled,
            $"{name}'s answer to '{api}' {what}.{begin} {RunLater} A proxy in between is a usual cause: check `vendors.{vendor}.url`.",
            inner
        );
    }

    /// <summary>A file that somebody may still be writing: nothing of it is believed.</summary>
    public VendorException Unfinished(string api, string reason, Exception? inner = null) =>
        Transient(
            api,
            VendorErrorCodes.FileUnfinished,
            $"{Begin(api)} is not whole: {reason}. Nothing of it is kept; the next run reads it again. Whoever writes it: write to another name, and rename it when it is whole.",
            inner
        );

    public VendorException Envelope(string api, string what) =>
        Schema(
            api,
            VendorErrorCodes.Envelope,
            $"{Begin(api)} does not have the agreed form: {what}. {(file is null ? $"{RunLater} If it stays so, check `vendors.{vendor}.url` and tell the vendor." : CorrectTheFile)}"
        );

    public VendorException ColumnMissing(string api, IReadOnlyList<string> missing, IReadOnlyList<string> unknown)
    {
        var came = unknown.Count == 0 ? "no column came instead" : $"not declared, but sent: {Names(unknown)}";
        return Schema(
            api,
            VendorErrorCodes.ColumnMissing,
            $"{Begin(api)} lacks {missing.Count} declared column(s): {Names(missing)}; {came}. If the vendor dropped it, give it `optional: true` in the dataset; if it was renamed, add the new name as a column, too."
        );
    }

    public VendorException RowShape(string api, int row, string what) =>
        Schema(api, VendorErrorCodes.RowShape, $"Row {row + 1} of {Of(api)} {what}. {_toDo}");

    public VendorException Value(string api, string field, int row, ReadOnlySpan<byte> text, ColumnKind kind)
    {
        var expected = kind switch
        {
            ColumnKind.Date => "a day like 20220601",
            ColumnKind.Timestamp => "a moment like 2022-06-01 09:30:00",
            ColumnKind.Double => "a number",
            ColumnKind.Long => "a whole number",
            ColumnKind.Boolean => "0 or 1",
            _ => "a text",
        };
        return Schema(
            api,
            VendorErrorCodes.Value,
            $"Column '{field}' in row {row + 1} of {Of(api)} should be {expected}, but is '{Excerpt.Of(text, 40)}'. {_toDo}"
        );
    }

    public VendorException RowsTooLarge(string api, long limit) =>
        Schema(
            api,
            VendorErrorCodes.RowsTooLarge,
            $"The rows of {Of(api)} take more than {limit} bytes in memory, which is the limit of a unit. {(file is null ? "Ask for less at once in the dataset's `request`" : "Make several files of it")}, or raise `engine.memory`."
        );

    public VendorException EchoesSecret(string api) =>
        Schema(
            api,
            VendorErrorCodes.EchoesSecret,
            $"{name}'s answer to '{api}' holds a secret of this workspace (its token, as a rule). Nothing of it is kept. Tell the vendor or the relay, and have the token replaced."
        );

    private string Of(string api) => file is null ? $"{name}'s answer to '{api}'" : $"the file '{file}'";

    private string Begin(string api) => file is null ? Of(api) : $"The file '{file}'";

    private VendorException Schema(string api, string code, string message) =>
        new(vendor, api, ErrorKind.Schema, code, message);

    private VendorException Transient(string api, string code, string message, Exception? inner) =>
        new(vendor, api, ErrorKind.Transient, code, message, inner) { IsOutage = true };

    private static string Sentence(string text) => text.EndsWith('.') ? text : $"{text}.";

    private static string Names(IReadOnlyList<string> names) =>
        Excerpt.Of(string.Join(", ", names.Take(20)) + (names.Count > 20 ? ", …" : ""), 400);
}
