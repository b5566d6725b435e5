namespace Tidemark.EndToEnd.Tests.Advice;

/// <summary>The pieces of advice of one section of <c>docs/errors.md</c>, each walked as a test of its own.</summary>
public abstract class AdviceWalk(AdviceLake lake)
{
    private protected abstract IReadOnlyList<AdviceScenario> Scenarios { get; }

    private protected async Task WalkAsync(string code)
    {
        foreach (var scenario in Scenarios.Where(s => s.Code == code))
        {
            await scenario.WalkAsync(await lake.CopyAsync());
        }
    }

    private protected static TheoryData<string> Codes(IEnumerable<AdviceScenario> scenarios) =>
        [.. scenarios.Select(s => s.Code).Distinct()];

    private protected static Task Do(Action step)
    {
        step();
        return Task.CompletedTask;
    }

    private protected static Task Edit(AdviceWorld world, string file, string old, string @new) =>
        Do(() => world.Edit(file, old, @new));

    private protected static Task Configure(AdviceWorld world, string line) => Do(() => world.Configure(line));

    private protected static Task Unconfigure(AdviceWorld world, string line) => Do(() => world.Unconfigure(line));
}
