using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Output;

/// <summary>The JSON documents of commands that run pools.</summary>
internal static class RunDocuments
{
    public static object Of(RunPoolsResponse response) =>
        new
        {
            runs = response.Runs.Select(RunJson.Of),
            built = response.Built?.Tables ?? [],
            unbuilt = response.Built?.Unbuilt ?? [],
            outside_plan = ModuleDocument.OutsidePlan(response.Modules),
            not_entitled = ModuleDocument.NotEntitled(response.Modules),
            notes = response.Notes,
        };

    public static object Of(BackfillResponse response)
    {
        var run = response.Run;
        var json = RunJson.Of(run);
        return new
        {
            planned = run.Planned,
            skipped = run.AlreadyCommitted,
            done = run.Committed,
            open = run.Open,
            failed = run.Failed,
            left = run.Left,
            rows = run.Counts.Rows,
            run = run.Id,
            lists = response.Lists is null ? null : RunJson.Of(response.Lists),
            incomplete = json.Incomplete,
            given_up = json.GivenUp,
            errors = json.Errors,
            built = response.Built?.Tables ?? [],
            unbuilt = response.Built?.Unbuilt ?? [],
            notes = response.Notes,
        };
    }

    public static object Of(RefetchResponse response)
    {
        var run = response.Run;
        var json = RunJson.Of(run);
        return new
        {
            planned = run.Planned,
            done = run.Committed,
            failed = run.Failed,
            open = run.Open,
            left = run.Left,
            rows = response.Rows,
            unread_rows = run.Counts.UnreadRows,
            unread_files = run.Counts.UnreadFiles,
            symbols = response.Symbols,
            vendor_horizon = run.PastLists,
            notes = response.Notes,
            run = run.Id,
            incomplete = json.Incomplete,
            given_up = json.GivenUp,
            errors = json.Errors,
        };
    }
}
