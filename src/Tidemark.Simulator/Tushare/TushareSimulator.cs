using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Tidemark.Simulator.Tushare;

/// <summary>
/// Tushare's HTTP API on 127.0.0.1: POST on <c>/</c>, <c>/dataapi</c> and <c>/dataapi/{api}</c> (the body's
/// <c>api_name</c> is what counts). Runs until it is disposed.
/// </summary>
public sealed class TushareSimulator : IAsyncDisposable
{
    private readonly WebApplication _application;

    private TushareSimulator(WebApplication application, Uri address)
    {
        _application = application;
        Address = address;
    }

    /// <summary>The address on which it listens, for example <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri Address { get; }

    /// <summary>Starts listening.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<TushareSimulator> StartAsync(
        TushareSimulatorOptions options,
        CancellationToken cancellationToken
    )
    {
        // The empty builder reads no files or environment and sets up no logging, so the server starts in about ten
        // milliseconds.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        var application = builder.Build();
        var handler = new TushareHandler(options);
        application.Run(handler.HandleAsync);
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        return new TushareSimulator(application, new Uri(addresses!.Addresses.First()));
    }

    public async ValueTask DisposeAsync()
    {
        // A client that keeps its connection open must not delay the end.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }
}
