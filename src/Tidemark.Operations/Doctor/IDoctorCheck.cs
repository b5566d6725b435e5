using Tidemark.Core.Errors;

namespace Tidemark.Operations.Doctor;

/// <summary>The result of a check that passed.</summary>
/// <param name="Message">The state of the thing.</param>
/// <param name="Warns">It works, but will not for long, or something in it needs attention.</param>
internal sealed record CheckAnswer(string Message, bool Warns = false)
{
    /// <summary>Parts of it that are left out, one line each.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}

/// <summary>Checks one thing that a workspace needs.</summary>
internal interface IDoctorCheck
{
    /// <param name="repair">Whether to mend what needs no decision.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <returns>Null where there is nothing to check.</returns>
    /// <exception cref="TidemarkException">It does not work.</exception>
    Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken);
}
