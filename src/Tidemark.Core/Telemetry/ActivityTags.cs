using System.Diagnostics;

namespace Tidemark.Core.Telemetry;

/// <summary>
/// The tags of activities. No text from outside is among them: an error is named by its code, because its message may
/// repeat what was sent.
/// </summary>
public static class ActivityTags
{
    public const string Run = "run_id";
    public const string Pool = "pool";
    public const string Unit = "unit";
    public const string Dataset = "dataset";
    public const string Table = "table";
    public const string Version = "version";
    public const string Api = "api";
    public const string Check = "check";
    public const string ErrorCode = "error.code";

    /// <summary>Says that it failed, and with which code.</summary>
    public static void Fail(this Activity? activity, string code)
    {
        activity?.SetTag(ErrorCode, code);
        activity?.SetStatus(ActivityStatusCode.Error);
    }
}
