namespace Tidemark.Operations.Definitions;

/// <summary>Check the files of datasets.</summary>
/// <param name="Datasets">Ids, or the parts after the dot; empty for all.</param>
/// <param name="Against">A folder of recorded answers, absolute; null to check the files alone.</param>
public sealed record CheckDatasetsRequest(IReadOnlyList<string> Datasets, string? Against);

/// <summary>A column whose values in an answer are not what is declared.</summary>
/// <param name="Column">Its name in the lake.</param>
/// <param name="Declared">The declared type.</param>
/// <param name="Because">What does not fit.</param>
public sealed record RetypedColumn(string Column, string Declared, string Because);

/// <summary>A dataset beside a recorded answer.</summary>
/// <param name="File">The answer; null when none was compared.</param>
/// <param name="Rows">Its rows, as far as they were compared.</param>
/// <param name="New">Fields that nobody has declared: they are not kept.</param>
/// <param name="Missing">Declared fields that it does not have and should.</param>
/// <param name="Retyped">Columns whose values do not fit.</param>
/// <param name="Problem">Why it is no answer that could be compared; null when it is.</param>
public sealed record AnswerCheck(
    string? File,
    int Rows,
    IReadOnlyList<string> New,
    IReadOnlyList<string> Missing,
    IReadOnlyList<RetypedColumn> Retyped,
    string? Problem
)
{
    /// <summary>None was compared.</summary>
    public static AnswerCheck None { get; } = new(null, 0, [], [], [], null);

    /// <summary>Whether the answer is what is declared.</summary>
    public bool IsAsDeclared => Problem is null && New.Count + Missing.Count + Retyped.Count == 0;
}

/// <summary>What was found of one dataset.</summary>
/// <param name="Dataset">Its id.</param>
/// <param name="Faults">What is wrong with its file, each with file and line.</param>
/// <param name="Answer">Beside its recorded answer.</param>
public sealed record DatasetCheck(string Dataset, IReadOnlyList<string> Faults, AnswerCheck Answer)
{
    /// <summary>Whether nothing is wrong with it.</summary>
    public bool IsRight => Faults.Count == 0 && Answer.IsAsDeclared;
}

/// <summary>What was found.</summary>
/// <param name="Datasets">Ordered by id.</param>
/// <param name="Undeclared">Calls that have a recorded answer and no dataset.</param>
public sealed record CheckDatasetsResponse(IReadOnlyList<DatasetCheck> Datasets, IReadOnlyList<string> Undeclared)
{
    public Verdict Verdict => Datasets.All(each => each.IsRight) ? Verdict.Done : Verdict.Incomplete;
}
