using System.Text.Json;
using Tidemark.Core.Errors;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.AkShare;

/// <summary>What AKTools' refusals mean, and the messages of the errors that only its client reports.</summary>
internal static class AkShareErrors
{
    public const string VendorName = "akshare";

    private const string UnknownFunction = "未找到该接口";
    private const string KeyError = "请输入正确的参数错误";
    private const string NoTable = "该接口返回数据为空";

    /// <summary>The messages of what any vendor's answer may suffer from.</summary>
    public static AnswerErrors Answer { get; } = new(VendorName, "AKTools");

    /// <summary>Decodes an answer: a bare array of objects.</summary>
    public static ObjectDecoder Decoder { get; } =
        new(new ObjectFormat(Answer, AkShareDays.TryDay, AkShareDays.TryMoment));

    /// <summary>What the member <c>error</c> of a refusal says; null where there is none.</summary>
    public static string? TextIn(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("error", out var error)
                && error.ValueKind == JsonValueKind.String
                ? error.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether AkShare has no such function.</summary>
    public static bool IsUnknownFunction(string text) => text.StartsWith(UnknownFunction, StringComparison.Ordinal);

    /// <summary>Whether the function has returned nothing at all, which is a table without rows.</summary>
    public static bool IsNoTable(string text) => text.StartsWith(NoTable, StringComparison.Ordinal);

    public static VendorException NotSupported(string api, string versions) =>
        new(
            VendorName,
            api,
            ErrorKind.BadRequest,
            VendorErrorCodes.NotSupported,
            $"AKTools has no function '{api}' ({versions}). Functions are renamed and dropped between versions of AkShare: upgrade it, or compare the dataset's `api` with AkShare's documentation."
        );

    /// <summary>
    /// A KeyError in Python: where the key is a value that was sent, the function does not know it; else the site behind
    /// it has changed what it sends.
    /// </summary>
    public static VendorException Refused(VendorRequest request, string text)
    {
        var said = Excerpt.Sentence(text, 200);
        if (!text.StartsWith(KeyError, StringComparison.Ordinal))
        {
            return new(
                VendorName,
                request.Api,
                ErrorKind.BadRequest,
                VendorErrorCodes.BadRequest,
                $"AKTools refused '{request.Api}': {said} Compare the dataset's `api` and `request` with AkShare's documentation."
            );
        }

        var key = Between(text, '\'');
        return request.Parameters.FirstOrDefault(p => p.Value == key) is { Key: { } name }
            ? new(
                VendorName,
                request.Api,
                ErrorKind.BadRequest,
                VendorErrorCodes.BadRequest,
                $"AkShare's '{request.Api}' does not know the value '{Excerpt.Of(key, 60)}' of '{name}'. Compare the dataset's `request` with AkShare's documentation."
            )
            : new(
                VendorName,
                request.Api,
                ErrorKind.Schema,
                VendorErrorCodes.UpstreamChanged,
                $"The site that AkShare's '{request.Api}' reads no longer sends '{Excerpt.Of(key, 60)}'. Upgrade AkShare, which follows such changes within days, and run the same command again."
            );
    }

    /// <summary>An error inside the function: AKTools says no more.</summary>
    public static VendorException Failed(string api, string where, string family) =>
        new(
            VendorName,
            api,
            ErrorKind.Transient,
            VendorErrorCodes.HttpStatus,
            $"AKTools at {where} answered '{api}' with HTTP status 500, which is any error of the function: its log (aktools_log.log) has the reason. Sites refuse addresses that ask too often (these hosts: {family}): {AnswerErrors.RunLater} If it stays so, lower `vendors.{VendorName}.rate_limits`, or compare the dataset's `request` with AkShare's documentation."
        )
        {
            IsOutage = true,
        };

    /// <summary>AKTools writes a call as Python source, so that some characters break it.</summary>
    public static VendorException Unsayable(string api, string name, string value) =>
        new(
            VendorName,
            api,
            ErrorKind.BadRequest,
            VendorErrorCodes.BadRequest,
            $"The request to AkShare's '{api}' sets '{name}' to '{Excerpt.Of(value, 60)}', and AKTools cannot carry +, &, = or \" in a value, nor the word cookie. Leave it out in the dataset, for example with `part.where`."
        );

    private static string Between(string text, char quote)
    {
        var first = text.IndexOf(quote, StringComparison.Ordinal);
        var last = text.LastIndexOf(quote);
        return first >= 0 && last > first ? text[(first + 1)..last] : "";
    }
}
