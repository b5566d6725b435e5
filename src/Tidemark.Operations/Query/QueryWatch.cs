namespace Tidemark.Operations.Query;

/// <summary>
/// Checks the process every few milliseconds while a query runs. The engine keeps data that it can spill within its
/// memory limit, but not the results of one chunk of 2,048 rows (the elements of lists, members of structs), and
/// neither those nor the folding of constants can be interrupted.
/// </summary>
internal sealed class QueryWatch : IDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(5);

    private readonly ManualResetEvent _ended = new(initialState: false);
    private readonly Thread _thread;

    /// <param name="look">
    /// Called again and again until it returns false; on its own thread, because all threads of the pool may be waiting
    /// for the engine.
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
