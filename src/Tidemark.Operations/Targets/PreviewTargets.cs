using Tidemark.Core.Errors;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Symbols.Targets;

namespace Tidemark.Operations.Targets;

/// <summary>What the targets would be.</summary>
/// <param name="Wish">The rules to look at.</param>
/// <param name="IsInstead">Whether they would take the place of all present ones, instead of being added.</param>
public sealed record PreviewTargetsRequest(TargetWish Wish, bool IsInstead);

/// <summary><c>targets preview</c>: what other rules would make of the targets. Changes nothing.</summary>
public sealed class PreviewTargets(PlannedTargets targets, TargetWishes wishes, TargetPool pool, TimeProvider clock)
{
    /// <exception cref="TidemarkException">As for <see cref="ChangeTargets.AddAsync"/>.</exception>
    public async Task<TargetDiff> RunAsync(PreviewTargetsRequest request, CancellationToken stop)
    {
        var rules = request.Wish.ToRules(clock.GetUtcNow());
        var present = await pool.RulesAsync(stop);
        await wishes.ResolveAsync(rules, stop);
        var after = request.IsInstead ? rules : present.And(rules);
        return TargetDiff.Of(
            await targets.ResolveAsync(present, asOf: null, stop),
            await targets.ResolveAsync(after, asOf: null, stop)
        );
    }
}
