namespace Tidemark.Vendors.Tests.Support;

/// <summary>Counts the calls that have been answered.</summary>
internal sealed class CallCounter(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly SemaphoreSlim _changed = new(0);
    private int _ended;

    public int Ended => Volatile.Read(ref _ended);

    public async Task WhenEndedAsync(int calls)
    {
        while (Ended < calls)
        {
            await _changed.WaitAsync();
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var response = await base.SendAsync(request, cancellationToken);
        Interlocked.Increment(ref _ended);
        _changed.Release();
        return response;
    }

    protected override void Dispose(bool disposing)
    {
        _changed.Dispose();
        base.Dispose(disposing);
    }
}
