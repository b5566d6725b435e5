namespace Tidemark.Hosting.Logging;

/// <summary>Where lines go, one at a time. A line that cannot be written is no failure of what it tells of.</summary>
internal interface ILogTarget : IDisposable
{
    void Write(string line);
}

/// <summary>A writer that is somebody else's.</summary>
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
            // Nobody reads it any more.
        }
    }

    public void Dispose() { }
}
