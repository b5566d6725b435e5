using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tidemark.Simulator.Faults;

namespace Tidemark.Simulator.AkTools;

/// <summary>Handles one HTTP request: routes as AKTools has them, and those that drive the simulator.</summary>
internal sealed class AkToolsHandler(AkToolsSimulatorOptions options)
{
    private const string Json = "application/json";
    private const string PublicRoute = "/api/public/";
    private const string PrivateRoute = "/api/private/";
    private const string OutageRoute = "/simulator/outages/";
    private const string OfflineRoute = "/simulator/offline";

    /// <summary>The account that is written in AKTools' source, and the token that is its name.</summary>
    private const string Account = "akshare";

    private const string Password = "akfamily";

    private readonly AkFunctions _functions = new(options.Market);
    private readonly FaultSession? _faults = options.Faults?.Begin("aktools", options.TimeProvider);

    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        await (
            path switch
            {
                _ when path.StartsWith(PublicRoute, StringComparison.Ordinal) => CallAsync(
                    context,
                    path[PublicRoute.Length..],
                    isPublic: true
                ),
                _ when path.StartsWith(PrivateRoute, StringComparison.Ordinal) => PrivateAsync(
                    context,
                    path[PrivateRoute.Length..]
                ),
                _ when path.StartsWith(OutageRoute, StringComparison.Ordinal) => SwitchAsync(
                    context,
                    isOn => options.Switches.SetOutage(path[OutageRoute.Length..], isOn)
                ),
                OfflineRoute => SwitchAsync(context, isOn => options.Switches.IsOffline = isOn),
                "/auth/token" => LogInAsync(context),
                "/version" => VersionAsync(context),
                "/" => HomeAsync(context),
                "/openapi.json" => GetAsync(context, () => OpenApi),
                _ => SendAsync(context, 404, AkToolsErrors.Detail("Not Found")),
            }
        );
    }

    private ReadOnlyMemory<byte> OpenApi =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                openapi = "3.1.0",
                info = new { title = "AKTools", version = options.AkShareVersion },
                paths = new Dictionary<string, object>
                {
                    [PublicRoute + "{item_id}"] = new { get = new { } },
                    [PrivateRoute + "{item_id}"] = new { get = new { } },
                    ["/version"] = new { get = new { } },
                },
            }
        );

    private Task VersionAsync(HttpContext context) =>
        options.Switches.IsOffline
            ? FailAsync(context)
            : GetAsync(
                context,
                () =>
                    AkJson.Object(
                        ("ak_current_version", options.AkShareVersion),
                        ("ak_latest_version", options.AkShareVersion),
                        ("at_current_version", options.AkToolsVersion),
                        ("at_latest_version", options.AkToolsVersion)
                    )
            );

    private Task HomeAsync(HttpContext context) =>
        options.Switches.IsOffline
            ? FailAsync(context)
            : SendAsync(context, 200, "<html><body>AKTools</body></html>"u8.ToArray(), "text/html; charset=utf-8");

    private async Task PrivateAsync(HttpContext context, string function)
    {
        const string Bearer = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && header[Bearer.Length..] == Account)
        {
            await CallAsync(context, function, isPublic: false);
            return;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        var detail = header.Length == 0 ? "Not authenticated" : "Invalid authentication credentials";
        await SendAsync(context, 401, AkToolsErrors.Detail(detail));
    }

    private static async Task LogInAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            await RefuseMethodAsync(context, "POST");
            return;
        }

        var form = context.Request.HasFormContentType
            ? await context.Request.ReadFormAsync(context.RequestAborted)
            : FormCollection.Empty;
        if (!form.ContainsKey("username") || !form.ContainsKey("password"))
        {
            await SendAsync(
                context,
                422,
                """{"detail":[{"type":"missing","loc":["body","username"],"msg":"Field required"}]}"""u8.ToArray()
            );
        }
        else if (form["username"] == Account && form["password"] == Password)
        {
            await SendAsync(context, 200, AkJson.Object(("access_token", Account), ("token_type", "bearer")));
        }
        else
        {
            await SendAsync(context, 400, AkToolsErrors.Detail("Incorrect username or password"));
        }
    }

    private async Task CallAsync(HttpContext context, string name, bool isPublic)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await RefuseMethodAsync(context, "GET");
            return;
        }

        if (_functions.Find(name) is not { } function)
        {
            await SendAsync(context, 404, AkToolsErrors.UnknownFunction);
            return;
        }

        try
        {
            var arguments = AkArguments.Read(context.Request.QueryString.Value, isPublic && options.PlusIsBlank);
            var fault = _faults?.Next(name, arguments);
            await WaitAsync(name, fault, context.RequestAborted);
            if (!await IsStruckAsync(context, fault))
            {
                await AnswerAsync(context, function, arguments, fault);
            }
        }
        catch (AkKeyException e)
        {
            await SendAsync(context, 404, AkToolsErrors.KeyError(e.Key));
        }
        catch (AkFailureException)
        {
            await FailAsync(context);
        }
    }

    private async Task WaitAsync(string name, Fault? fault, CancellationToken cancellationToken)
    {
        var delay = options.Delays.GetValueOrDefault(name) + (fault?.Delay ?? TimeSpan.Zero);
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, options.TimeProvider, cancellationToken);
        }
    }

    /// <summary>Faults that need no answer. Whether one struck.</summary>
    private static async Task<bool> IsStruckAsync(HttpContext context, Fault? fault)
    {
        switch (fault?.Kind)
        {
            case FaultKind.Http:
                context.Response.StatusCode = fault.HttpStatus;
                return true;
            case FaultKind.Garbage:
                await SendAsync(context, 200, FaultBodies.HtmlPage, "text/html; charset=utf-8");
                return true;
            case FaultKind.Error:
                await SendAsync(context, fault.Code, AkJson.Object(("error", fault.Text)));
                return true;
            case FaultKind.Empty:
                await SendAsync(context, 200, "[]"u8.ToArray());
                return true;
            default:
                return false;
        }
    }

    private async Task AnswerAsync(
        HttpContext context,
        AkFunction function,
        IReadOnlyDictionary<string, string> arguments,
        Fault? fault
    )
    {
        var call = AkCall.Checked(function, arguments, options.Market.LastDay);
        if (options.Switches.IsOut(function.Family))
        {
            throw new AkFailureException($"{function.Family} closed the connection");
        }

        if (function.Answer(call) is not { } answer)
        {
            await SendAsync(context, 404, AkToolsErrors.ReturnedNone);
            return;
        }

        var body = AkJson.Write(answer, context.RequestAborted);
        switch (fault?.Kind)
        {
            case FaultKind.Truncate:
                await SendAsync(context, 200, body[..(body.Length / 2)]);
                break;
            case FaultKind.Drop:
                context.Response.ContentType = Json;
                context.Response.ContentLength = body.Length;
                await context.Response.Body.WriteAsync(body[..(body.Length / 2)], context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                context.Abort();
                break;
            default:
                await SendAsync(context, 200, body);
                break;
        }
    }

    /// <summary>PUT throws a switch, DELETE puts it back.</summary>
    private static async Task SwitchAsync(HttpContext context, Action<bool> set)
    {
        var isOn = HttpMethods.IsPut(context.Request.Method);
        if (!isOn && !HttpMethods.IsDelete(context.Request.Method))
        {
            await RefuseMethodAsync(context, "PUT, DELETE");
            return;
        }

        set(isOn);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task GetAsync(HttpContext context, Func<ReadOnlyMemory<byte>> body) =>
        HttpMethods.IsGet(context.Request.Method) ? SendAsync(context, 200, body()) : RefuseMethodAsync(context, "GET");

    private static Task RefuseMethodAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return SendAsync(context, 405, AkToolsErrors.Detail("Method Not Allowed"));
    }

    private static Task FailAsync(HttpContext context) =>
        SendAsync(context, 500, Encoding.UTF8.GetBytes(AkToolsErrors.InternalServerError), "text/plain; charset=utf-8");

    private static async Task SendAsync(
        HttpContext context,
        int status,
        ReadOnlyMemory<byte> body,
        string contentType = Json
    )
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
