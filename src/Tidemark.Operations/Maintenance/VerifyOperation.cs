using Tidemark.Core.Errors;
using Tidemark.Lake;
using Tidemark.Lake.Maintenance;
using Tidemark.Operations.Tables;

namespace Tidemark.Operations.Maintenance;

/// <summary>Compare the files with the logs.</summary>
/// <param name="Tables">By name; all when there are none.</param>
/// <param name="Quick">Whether to check only presence and size of the files.</param>
public sealed record VerifyRequest(IReadOnlyList<string> Tables, bool Quick = false);

/// <summary>What was found.</summary>
/// <param name="Tables">The tables that could be read.</param>
/// <param name="LeftOut">What could not be read and is not reported as a fault.</param>
/// <param name="IsUnread">Whether a table could not be read.</param>
public sealed record VerifyResponse(IReadOnlyList<TableVerification> Tables, LeftOutReport LeftOut, bool IsUnread)
{
    public bool IsFaulty => Tables.Any(t => !t.Ok);

    public bool Ok => !IsFaulty && !IsUnread;

    public Verdict Verdict => LeftOut.Lower(IsFaulty ? Verdict.Failed : Verdict.Done);
}

/// <summary>Shows how far a verification is. Several threads call it at once.</summary>
public interface IVerifyWatcher : IProgress<VerifyProgress>
{
    /// <summary>A table is done.</summary>
    void Done(TableVerification table);
}

/// <summary>
/// <c>verify</c>: verifies table by table. A table that cannot be read does not stop the others, unless only that table
/// was named.
/// </summary>
public sealed class VerifyOperation(DataLake lake, UnitSources sources, FindLeftOut leftOut)
{
    /// <exception cref="TidemarkException">
    /// A name is no table; or the only named table cannot be read.
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
