namespace Tidemark.Core.Runs;

/// <summary>Why a run was started. Stored as in <see cref="RunNames"/>.</summary>
public enum RunMode
{
    Daily,
    Bootstrap,
    Manual,
    OnDemand,
}

public enum RunStatus
{
    Running,
    Success,

    /// <summary>Finished, but at least one unit failed or stayed open.</summary>
    Partial,
    Failed,
    Canceled,
}

/// <summary>The four stages that every unit passes, in this order.</summary>
public enum StepStage
{
    Extract,
    Normalize,
    Upsert,
    Evaluate,
}

public enum StepStatus
{
    Running,
    Success,
    Failed,
    Skipped,
}

/// <summary>Where a run was stopped before it began (<c>meta.blockedStage</c>).</summary>
public enum BlockedStage
{
    Preflight,
    Readiness,
    Token,
    Lake,
}

/// <summary>How these words are written in the control database and in JSON.</summary>
public static class RunNames
{
    public static string Name(this RunMode mode) =>
        mode switch
        {
            RunMode.Daily => "daily",
            RunMode.Bootstrap => "bootstrap",
            RunMode.Manual => "manual",
            _ => "on_demand",
        };

    public static string Name(this RunStatus status) =>
        status switch
        {
            RunStatus.Running => "running",
            RunStatus.Success => "success",
            RunStatus.Partial => "partial",
            RunStatus.Failed => "failed",
            _ => "canceled",
        };

    public static string Name(this StepStage stage) =>
        stage switch
        {
            StepStage.Extract => "extract",
            StepStage.Normalize => "normalize",
            StepStage.Upsert => "upsert",
            _ => "evaluate",
        };

    public static string Name(this StepStatus status) =>
        status switch
        {
            StepStatus.Running => "running",
            StepStatus.Success => "success",
            StepStatus.Failed => "failed",
            _ => "skipped",
        };

    public static string Name(this DropReason reason) => reason == DropReason.OtherDay ? "other_day" : "repeated";

    public static string Name(this BlockedStage stage) =>
        stage switch
        {
            BlockedStage.Preflight => "preflight",
            BlockedStage.Readiness => "readiness",
            BlockedStage.Token => "token",
            _ => "lake",
        };
}
