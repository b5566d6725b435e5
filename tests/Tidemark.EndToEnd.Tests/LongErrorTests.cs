using System.Globalization;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// Errors are a screenful at most for people, and whole for scripts; what would command the terminal is shown.
/// </summary>
public sealed class LongErrorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Error_OfManyLines_IsCutForPeopleAndWholeInJson()
    {
        var unknown = Enumerable
            .Range(0, 300)
            .Select(n => string.Create(CultureInfo.InvariantCulture, $"unknown_key_{n:000}: 1"));
        _folder.Write("tidemark.yaml", string.Join('\n', unknown) + "\n");

        var people = await TidemarkProcess.RunAsync(_folder.Path, "status");
        var scripts = await TidemarkProcess.RunAsync(_folder.Path, "status", "--json");

        people.With(exitCode: 2).Error.ShouldContain("more characters; --json has all of it");
        people.Error.Split('\n').Length.ShouldBeLessThan(50);
        people.Error.ShouldContain("unknown_key_000");
        people.Error.ShouldNotContain("unknown_key_299");
        scripts.Json().GetProperty("error").Text("message").ShouldContain("unknown_key_299");
    }

    [Fact]
    public async Task Error_WithControlCharacters_ShowsThem()
    {
        _folder.Write("tidemark.yaml", "plan: { from: 2024-06-06 }\n");

        var ended = await TidemarkProcess.RunAsync(_folder.Path, "history", "ods.x\u001b[31m\u202e\u009b");

        ended.Error.ShouldNotContain("\u001b");
        ended.Error.ShouldContain("␛[31m\\u202e\\u009b");
    }
}
