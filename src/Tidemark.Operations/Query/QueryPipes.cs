using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.Lake.Storage;

namespace Tidemark.Operations.Query;

/// <summary>
/// Frees a query that waits for a pipe in place of a data file: the engine cannot be stopped while it opens one.
/// Looking at every file before each query would take longer than most queries, so only queries that have run for a
/// while are looked at. The query then fails as with an empty file, and the error names the file.
/// </summary>
internal sealed class QueryPipes(IObjectStore store, TimeProvider clock)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private readonly long _since = clock.GetTimestamp();
    private Task<IReadOnlyList<string>>? _pipes;

    /// <summary>Looks for pipes. Call it again and again while the query runs.</summary>
    public void Look()
    {
        if (store is not IPipes pipes || clock.GetElapsedTime(_since) < s_patience)
        {
            return;
        }

        // On its own thread: all threads of the pool may be waiting for the engine, and memory is watched meanwhile.
        _pipes ??= Task.Factory.StartNew(
            () => Find(pipes),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        if (_pipes.IsCompletedSuccessfully)
        {
            foreach (var pipe in _pipes.Result)
            {
                DataFile.LetGo(pipe);
            }
        }
    }

    private static IReadOnlyList<string> Find(IPipes pipes)
    {
        try
        {
            return pipes.Pipes();
        }
        catch (TidemarkException)
        {
            return []; // the query says by itself what cannot be read
        }
    }
}
