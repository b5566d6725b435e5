using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Tidemark.Simulator.Faults;

namespace Tidemark.Simulator.Tushare;

/// <summary>
/// Handles one HTTP request: reads the call, applies faults, checks token, permission and rate, and answers.
/// </summary>
internal sealed class TushareHandler(TushareSimulatorOptions options)
{
    private const string Json = "application/json";
    private const string WrongTokenPrefixes = "wrong bad invalid";

    private readonly RateCounter _rates = new(options.TimeProvider);
    private readonly TushareAccount _account = new(options);
    private readonly Dictionary<string, TushareAccount> _accounts = options.Accounts.ToDictionary(
        of => of.Key,
        of => new TushareAccount(of.Value),
        StringComparer.Ordinal
    );
    private readonly FaultSession? _faults = options.Faults?.Begin("tushare", options.TimeProvider);

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await AnswerAsync(context);
        }
        catch (Exception error) when (error is not OperationCanceledException && !context.Response.HasStarted)
        {
            // The vendor never gives a reason; whoever runs the simulator may want one.
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            await context.Response.WriteAsync(error.Message, context.RequestAborted);
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        if (path != "/" && path != "/dataapi" && !path.StartsWith("/dataapi/", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "POST";
            return;
        }

        var cancellation = context.RequestAborted;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, cancellation);
        var call = TushareCall.TryRead(body.GetBuffer().AsMemory(0, (int)body.Length));
        var fault = call is null ? null : _faults?.Next(call.Api, call.Parameters);
        if (fault?.Delay is { } delay)
        {
            await Task.Delay(delay, options.TimeProvider, cancellation);
        }

        switch (fault?.Kind)
        {
            case FaultKind.Http:
                context.Response.StatusCode = fault.HttpStatus;
                return;
            case FaultKind.Garbage:
                await SendAsync(context, FaultBodies.HtmlPage, "text/html; charset=utf-8");
                return;
        }

        var answer = Answer(call, fault, cancellation);
        switch (fault?.Kind)
        {
            case FaultKind.Truncate:
                await SendAsync(context, answer[..(answer.Length / 2)], Json);
                return;
            case FaultKind.Drop:
                context.Response.ContentType = Json;
                context.Response.ContentLength = answer.Length;
                await context.Response.Body.WriteAsync(answer[..(answer.Length / 2)], cancellation);
                await context.Response.Body.FlushAsync(cancellation);
                context.Abort();
                return;
            default:
                await SendAsync(context, answer, Json);
                return;
        }
    }

    private ReadOnlyMemory<byte> Answer(TushareCall? call, Fault? fault, CancellationToken cancellationToken)
    {
        var output = new ArrayBufferWriter<byte>(16 * 1024);
        var id = options.Ids.NewId();
        try
        {
            if (call is null)
            {
                throw TushareAnswer.Refusal(TushareError.OddParameters);
            }

            Check(call, fault);
            var style = new AnswerStyle(
                options.LegacyEnvelope,
                options.NumericStrings || (options.NumericStringsForMacro && TushareApis.SendsDecimalsAsText(call.Api)),
                fault?.Kind == FaultKind.RepeatPage || options.OffsetIgnoredBy.Contains(call.Api)
            );
            TushareAnswer.Write(SourceOf(call), call, style, id, output, cancellationToken);
        }
        catch (TushareRefusalException refusal)
        {
            output.ResetWrittenCount();
            TushareAnswer.WriteError(refusal.VendorCode, refusal.Message, options.LegacyEnvelope, id, output);
            return output.WrittenMemory;
        }

        return _faults is null ? output.WrittenMemory : _faults.Apply(fault, call.Api, output.WrittenMemory);
    }

    /// <summary>
    /// Checks token, API name, permission and rate, in this order. Required parameters are checked with the answer.
    /// </summary>
    private void Check(TushareCall call, Fault? fault)
    {
        if (fault?.Kind == FaultKind.Error)
        {
            throw new TushareRefusalException(fault.Code, fault.Text);
        }

        if (!IsAccepted(call.Token))
        {
            throw TushareAnswer.Refusal(TushareError.WrongToken);
        }

        if (SourceOf(call).Find(call.Api) is null)
        {
            throw TushareAnswer.Refusal(TushareError.UnknownApi);
        }

        if (fault?.Kind == FaultKind.NoPermission || !AccountOf(call).MayCall(call.Api))
        {
            throw TushareAnswer.Refusal(TushareError.NoPermission(call.Api));
        }

        // A refused call counts in every window.
        TushareRateLimit? exceeded = null;
        foreach (var limit in AccountOf(call).Limits(call.Api))
        {
            if (!_rates.TryEnter(call.Token, call.Api, limit))
            {
                exceeded ??= limit;
            }
        }

        if (fault?.Kind == FaultKind.RateLimit || exceeded is not null)
        {
            exceeded ??=
                AccountOf(call).Limits(call.Api).FirstOrDefault() ?? new TushareRateLimit(Fault.RateLimitCalls);
            throw TushareAnswer.Refusal(TushareError.RateLimited(call.Api, exceeded.Calls, exceeded.Window));
        }
    }

    private ITushareSource SourceOf(TushareCall call) =>
        call.Api == TushareAccount.UserApi ? AccountOf(call).Described : options.Source;

    private TushareAccount AccountOf(TushareCall call) => _accounts.GetValueOrDefault(call.Token, _account);

    private bool IsAccepted(string token)
    {
        if (options.AcceptedTokens is { } accepted)
        {
            return accepted.Contains(token);
        }

        return token.Length > 0
            && !WrongTokenPrefixes
                .Split(' ')
                .Any(prefix => token.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
    }

    private async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body, string contentType)
    {
        var cancellation = context.RequestAborted;
        context.Response.ContentType = contentType;
        if (
            options.Gzip && context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal)
        )
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
            await gzip.WriteAsync(body, cancellation);
            return;
        }

        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, cancellation);
    }
}
