using Tidemark.Core.Errors;

namespace Tidemark.Operations.Doctor;

/// <summary>What a check found where it works.</summary>
/// <param name="Message">How it is.</param>
/// <param name="Warns">It works, and will not for long, or something in it wants looking after.</param>
internal sealed record CheckAnswer(string Message, bool Warns = false)
{
    /// <summary>What of it is left out, a line each.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}

/// <summary>Looks at one thing that a workspace needs.</summary>
internal interface IDoctorCheck
{
    /// <param name="repair">Whether to mend what needs no decision.</param>
    /// <param name="cancellationToken">Stops the look.</param>
    /// <returns>Null where there is nothing to look at.</returns>
    /// <exception cref="TidemarkException">It does not work.</exception>
    Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken);
}
