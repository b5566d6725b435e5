namespace Tidemark.Operations.Query;

/// <summary>
/// Looks at the process every few milliseconds while a query is answered. The engine keeps to its memory limit with
/// what it can put aside, but what it makes of one chunk of 2,048 rows is beside that limit (the elements of lists,
/// members of structs), and neither that nor the folding of constants can be interrupted.
/// </summary>
internal sealed class QueryWatch : IDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(5);

    private readonly ManualResetEvent _ended = new(initialState: false);
    private readonly Thread _thread;

    /// <param name="look">
    /// Is called again and again until it gives false; on a thread of its own, as all of the pool may be waiting for
    /// the engine.
    /// </param>
    public QueryWatch(Func<bool> look)
    {
        _thread = new Thread(() =>
        {
            while (!_ended.WaitOne(s_period) && look()) { }
        })
        {
            IsBackground = true,
            Name = "query watch",
        };
        _thread.Start();
    }

    public void Dispose()
    {
        _ended.Set();
        _thread.Join();
        _ended.Dispose();
    }
}
