using System.Globalization;
using Spectre.Console;
using Tidemark.Operations.Definitions;

namespace Tidemark.Cli.Output;

/// <summary>What <c>datasets check</c> says: what is off, and a line that counts.</summary>
internal static class DatasetChecksText
{
    public static void Write(CommandContext context, CheckDatasetsResponse response)
    {
        context.WriteJson(new { response.Datasets, response.Undeclared });
        if (context.IsJson)
        {
            return;
        }

        foreach (var each in response.Datasets.Where(each => !each.IsRight))
        {
            foreach (var line in Lines(each))
            {
                context.Terminal.WriteLine($"{each.Dataset}: {line}");
            }
        }

        var wrong = response.Datasets.Count(each => !each.IsRight);
        var compared = response.Datasets.Count(each => each.Compared.Count > 0);
        context.Terminal.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{response.Datasets.Count} datasets, {wrong} not right; {compared} compared with what their vendors send or say"
            )
        );
        if (response.Undeclared.Count > 0)
        {
            context.Terminal.WriteLine($"not declared: {string.Join(", ", response.Undeclared)}");
        }
    }

    private static IEnumerable<string> Lines(DatasetCheck check)
    {
        foreach (var fault in check.Faults)
        {
            yield return fault;
        }

        foreach (var answer in check.Compared)
        {
            if (answer.Problem is { } problem)
            {
                yield return $"{answer.With}: {problem}";
            }

            if (answer.New.Count > 0)
            {
                yield return $"new in {answer.With}, and not kept: {string.Join(", ", answer.New)}";
            }

            if (answer.Missing.Count > 0)
            {
                yield return $"missing in {answer.With}: {string.Join(", ", answer.Missing)}";
            }

            foreach (var column in answer.Retyped)
            {
                yield return $"{column.Column} is declared as {column.Declared}: {column.Because} ({answer.With})";
            }
        }
    }
}
