using System.Text.Json;

namespace Tidemark.EndToEnd.Tests.Support;

/// <summary>Clients of vendors in Python, under Clients/: others' programs do as they do.</summary>
internal static class PythonClient
{
    /// <summary>Makes calls, a JSON document each, one after the other.</summary>
    /// <returns>An answer for each.</returns>
    public static async Task<JsonElement[]> CallAsync(
        TemporaryFolder folder,
        string script,
        string url,
        IReadOnlyList<object> calls
    )
    {
        var python = Checkout.Tool("python3");
        Assert.SkipWhen(python is null, "python3 is not on this machine");
        var path = Path.Combine(AppContext.BaseDirectory, "Clients", script);
        var input = folder.Write("calls.jsonl", string.Concat(calls.Select(c => JsonSerializer.Serialize(c) + "\n")));

        await using var process = TidemarkProcess.StartTool(
            "/bin/sh",
            folder.Path,
            new Dictionary<string, string>(),
            ["-c", $"exec '{python}' '{path}' '{url}' < '{input}'"]
        );
        var ended = (await process.EndAsync()).With(exitCode: 0);

        var answers = ended.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        answers.Length.ShouldBe(calls.Count, ended.ToString());
        return [.. answers.Select(a => JsonDocument.Parse(a).RootElement)];
    }
}
