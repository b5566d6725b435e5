using Tidemark.Core.Errors;
using Tidemark.Lake;
using Tidemark.Lake.Maintenance;
using Tidemark.Operations.Tables;

namespace Tidemark.Operations.Maintenance;

/// <summary>Look whether the files are what the logs say.</summary>
/// <param name="Tables">By name; all when there are none.</param>
/// <param name="Quick">Only presence and size of the files.</param>
public sealed record VerifyRequest(IReadOnlyList<string> Tables, bool Quick = false);

/// <summary>What was found.</summary>
/// <param name="Tables">Those that could be looked at.</param>
/// <param name="LeftOut">What could not, and is not told of as a fault.</param>
/// <param name="IsUnread">Whether a table could not be looked at.</param>
public sealed record VerifyResponse(IReadOnlyList<TableVerification> Tables, LeftOutReport LeftOut, bool IsUnread)
{
    public bool IsFaulty => Tables.Any(t => !t.Ok);

    public bool Ok => !IsFaulty && !IsUnread;

    public Verdict Verdict => LeftOut.Lower(IsFaulty ? Verdict.Failed : Verdict.Done);
}

/// <summary>Whoever wants to see how far a verification is. Told by several threads at once.</summary>
public interface IVerifyWatcher : IProgress<VerifyProgress>
{
    /// <summary>A table is done.</summary>
    void Done(TableVerification table);
}

/// <summary>
/// <c>verify</c>: table by table; one that cannot be read does not stop the others, unless it alone was named.
/// </summary>
public sealed class VerifyOperation(DataLake lake, UnitSources sources, FindLeftOut leftOut)
{
    /// <exception cref="TidemarkException">
    /// A name is no table; or the only one that was named cannot be read.
    /// </exception>
    public async Task<VerifyResponse> RunAsync(VerifyRequest request, IVerifyWatcher watcher, CancellationToken stop)
    {
        var verifier = new LakeVerifier(lake, sources.CanBringAgain);
        var tables = new List<TableVerification>();
        var unread = new List<LeftOut>();
        foreach (var table in await verifier.TablesAsync(request.Tables, stop))
        {
            try
            {
                var result = await verifier.VerifyAsync(table, request.Quick, watcher, stop);
                tables.Add(result);
                watcher.Done(result);
            }
            catch (TidemarkException e) when (request.Tables.Count != 1 && LakeSurvey.IsOfTheTable(e))
            {
                unread.Add(LeftOut.Of(table.Id, e));
            }
        }

        string[] told = [.. tables.Where(t => !t.Ok).Select(t => t.Table)];
        return new VerifyResponse(
            tables,
            await leftOut.OfWalkAsync(request.Tables, unread, told, stop),
            unread.Count > 0
        );
    }
}
