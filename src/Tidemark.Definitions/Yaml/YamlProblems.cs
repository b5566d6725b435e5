using Tidemark.Core.Errors;

namespace Tidemark.Definitions.Yaml;

/// <summary>One fault of a file that a user wrote.</summary>
public sealed record YamlProblem(YamlOrigin Origin, string Text)
{
    /// <summary>Whether the file itself is right: it needs one that is left out, and comes back with that one.</summary>
    public bool IsConsequence { get; init; }

    public override string ToString() => $"{Origin}: {Text}";
}

/// <summary>A workspace or definition file is wrong. Lists every fault, not only the first.</summary>
public sealed class InvalidDefinitionException : TidemarkException
{
    public InvalidDefinitionException(string code, string message, IReadOnlyList<YamlProblem> problems)
        : base(ErrorKind.Configuration, code, message) => Problems = problems;

    /// <summary>All faults, ordered by file and line, those that only follow from others among them.</summary>
    public IReadOnlyList<YamlProblem> Problems { get; }
}

/// <summary>
/// Collects the faults of one or more files, so that a user sees all of them at once. Not thread-safe.
/// </summary>
public sealed class YamlProblems
{
    /// <summary>The workspace file is wrong.</summary>
    public const string ConfigInvalid = "CONFIG_INVALID";

    /// <summary>A definition (dataset, check, fault rule …) is wrong.</summary>
    public const string DefinitionInvalid = "DEFINITION_INVALID";

    private readonly List<YamlProblem> _items = [];

    public IReadOnlyList<YamlProblem> Items => _items;

    public bool Any => _items.Count > 0;

    public void Add(YamlOrigin origin, string text) => Add(new YamlProblem(origin, text));

    public void Add(YamlProblem problem) => _items.Add(problem);

    /// <summary>Those of several definitions, to be told as one error.</summary>
    public void Add(IEnumerable<YamlProblem> problems) => _items.AddRange(problems);

    /// <summary>Does nothing when there is no fault.</summary>
    /// <param name="code"><see cref="ConfigInvalid"/> or <see cref="DefinitionInvalid"/>.</param>
    /// <param name="subject">What is wrong, for the headline: "the workspace", "the dataset definitions".</param>
    /// <exception cref="InvalidDefinitionException">At least one fault was found.</exception>
    public void ThrowIfAny(string code, string subject)
    {
        if (_items.Count == 0)
        {
            return;
        }

        throw ToException(code, subject, _items);
    }

    /// <summary>One error of all of them.</summary>
    public static InvalidDefinitionException ToException(
        string code,
        string subject,
        IReadOnlyList<YamlProblem> problems
    )
    {
        var ordered = Ordered(problems);
        // A calendar with a fault takes dozens of datasets with it: their lines would hide its own.
        var causes = ordered.Where(problem => !problem.IsConsequence).ToList();
        var told = causes.Count > 0 ? causes : ordered;
        var count = told.Count == 1 ? "1 problem" : $"{told.Count} problems";
        var lines = string.Join("\n", told.Select(problem => $"  {problem}"));
        var rest = (ordered.Count - told.Count) switch
        {
            0 => "",
            1 => "\n  (1 more, which only follows from the above)",
            var others => $"\n  ({others} more, which only follow from the above)",
        };
        return new InvalidDefinitionException(code, $"{count} in {subject}:\n{lines}{rest}", ordered);
    }

    /// <summary>By file and line.</summary>
    public static IReadOnlyList<YamlProblem> Ordered(IEnumerable<YamlProblem> problems) =>
        [
            .. problems
                .OrderBy(problem => problem.Origin.Source, StringComparer.Ordinal)
                .ThenBy(problem => problem.Origin.Line),
        ];
}
