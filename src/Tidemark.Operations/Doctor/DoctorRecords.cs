using System.Text.Json.Serialization;

namespace Tidemark.Operations.Doctor;

/// <summary>Look whether a workspace and what it needs are well.</summary>
/// <param name="Repair">Whether to mend what needs no decision.</param>
public sealed record DoctorRequest(bool Repair = false);

/// <summary>What was found.</summary>
/// <param name="Checks">In the order in which they were made.</param>
public sealed record DoctorResponse(IReadOnlyList<CheckResult> Checks)
{
    public bool Ok => Checks.All(c => c.Ok);

    public Verdict Verdict =>
        Ok ? Verdict.Done
        : Checks.All(c => c.Ok || c.IsLeftOut) ? Verdict.Incomplete
        : Verdict.Failed;
}

/// <summary>How one thing is.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Ok">Whether it works.</param>
/// <param name="Message">How it is, or what is wrong and what to do.</param>
/// <param name="IsLeftOut">What is wrong takes only a part: the rest goes on.</param>
/// <param name="Warning">It works, and will not for long, or something in it wants looking after.</param>
public sealed record CheckResult(
    string Check,
    bool Ok,
    string Message,
    [property: JsonIgnore] bool IsLeftOut = false,
    bool Warning = false
);

/// <summary>What the workspace's file says of it that the doctor tells.</summary>
/// <param name="Folder">Where it is.</param>
/// <param name="Lake">Where its lake is, as it was written.</param>
/// <param name="Unread">Keys that nothing reads yet.</param>
public sealed record DoctorOptions(string Folder, string Lake, IReadOnlyList<string> Unread);
