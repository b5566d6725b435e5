using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Tidemark.Vendors.Ibkr.Requests;

/// <summary>One question for each of many contracts, some at a time.</summary>
internal static class Bulk
{
    /// <summary>Answers as they come. Open requests are cancelled when the caller leaves early.</summary>
    public static async IAsyncEnumerable<TAnswer> RunAsync<TAnswer>(
        IReadOnlyList<IbkrContract> contracts,
        int atOnce,
        Func<int, IbkrContract, CancellationToken, Task<TAnswer>> askAsync,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var answers = Channel.CreateUnbounded<TAnswer>(new UnboundedChannelOptions { SingleReader = true });
        var next = -1;
        var workers = Task.WhenAll(
            Enumerable.Range(0, Math.Min(atOnce, contracts.Count)).Select(_ => Task.Run(WorkAsync, left.Token))
        );
        _ = workers.ContinueWith(t => answers.Writer.TryComplete(t.Exception?.InnerException), TaskScheduler.Default);
        try
        {
            await foreach (var answer in answers.Reader.ReadAllAsync(cancellationToken))
            {
                yield return answer;
            }

            await workers;
        }
        finally
        {
            await left.CancelAsync();
            await workers.ContinueWith(static _ => { }, TaskScheduler.Default);
        }

        async Task WorkAsync()
        {
            while (Interlocked.Increment(ref next) is var index && index < contracts.Count)
            {
                answers.Writer.TryWrite(await askAsync(index, contracts[index], left.Token));
            }
        }
    }
}
