namespace Tidemark.Hosting.Logging;

/// <summary>
/// Takes log lines, one at a time. A line that cannot be written must not fail the work that it reports.
/// </summary>
internal interface ILogTarget : IDisposable
{
    void Write(string line);
}

/// <summary>A writer that another owner disposes.</summary>
internal sealed class WriterTarget(TextWriter writer) : ILogTarget
{
    public void Write(string line)
    {
        try
        {
            writer.WriteLine(line);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The reader of the writer is gone.
        }
    }

    public void Dispose() { }
}
