using System.Runtime.ExceptionServices;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Running;

namespace Tidemark.Operations.Builds;

/// <summary>What the rows of runs keep of the build that followed them.</summary>
internal static class DerivedText
{
    /// <param name="built">The build; null where none took place.</param>
    /// <param name="isWanted">Whether one was to follow.</param>
    /// <param name="failure">What ended the operation; null where nothing did.</param>
    public static DerivedTables Of(BuildReport? built, bool isWanted, ExceptionDispatchInfo? failure) =>
        (built, failure?.SourceException) switch
        {
            (null, { } error) when isWanted => new(
                "left",
                0,
                [new(null, null, (error as TidemarkException)?.Code ?? "INTERNAL_ERROR", error.Message)]
            ),
            (null, _) => new(isWanted ? "left" : "off", 0, []),
            ({ } report, _) => new(
                report.IsStopped ? "stopped"
                    : report.IsWhole ? "built"
                    : "not_whole",
                report.Tables.Count,
                [.. report.Unbuilt.Select(t => new UnderivedTable(t.Table, t.Dt, t.Code, t.Message))]
            ),
        };
}
