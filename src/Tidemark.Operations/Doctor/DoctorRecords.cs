using System.Text.Json.Serialization;

namespace Tidemark.Operations.Doctor;

/// <summary>Check a workspace and everything that it needs.</summary>
/// <param name="Repair">Whether to mend what needs no decision.</param>
public sealed record DoctorRequest(bool Repair = false);

/// <summary>The results of all checks.</summary>
/// <param name="Checks">In the order in which they were made.</param>
public sealed record DoctorResponse(IReadOnlyList<CheckResult> Checks)
{
    public bool Ok => Checks.All(c => c.Ok);

    public Verdict Verdict =>
        Ok ? Verdict.Done
        : Checks.All(c => c.Ok || c.IsLeftOut) ? Verdict.Incomplete
        : Verdict.Failed;
}

/// <summary>The result of one check.</summary>
/// <param name="Check">The name of the check.</param>
/// <param name="Ok">Whether it works.</param>
/// <param name="Message">Its state, or what is wrong and what to do.</param>
/// <param name="IsLeftOut">The fault concerns only a part; the rest goes on.</param>
/// <param name="Warning">It works, but will not for long, or something in it needs attention.</param>
public sealed record CheckResult(
    string Check,
    bool Ok,
    string Message,
    [property: JsonIgnore] bool IsLeftOut = false,
    bool Warning = false
);

/// <summary>What the doctor reports of the workspace's file.</summary>
/// <param name="Folder">The workspace's folder.</param>
/// <param name="Lake">The lake's place, as the file names it.</param>
/// <param name="Unread">Keys that nothing reads yet.</param>
public sealed record DoctorOptions(string Folder, string Lake, IReadOnlyList<string> Unread);
