namespace Tidemark.Operations.Definitions;

/// <summary>Check the files of datasets.</summary>
/// <param name="Datasets">
/// Ids, or the parts after the dot; empty for all, or for all that runs plan where vendors are asked.
/// </param>
public sealed record CheckDatasetsRequest(IReadOnlyList<string> Datasets)
{
    /// <summary>A folder of recorded answers to compare with, absolute; null for none.</summary>
    public string? Against { get; init; }

    /// <summary>A folder of the vendor's own pages to compare with, absolute; null for none.</summary>
    public string? Pages { get; init; }

    /// <summary>Whether to compare with what vendors send now: two small calls a dataset.</summary>
    public bool IsLive { get; init; }
}

/// <summary>A column whose values in an answer are not what is declared.</summary>
/// <param name="Column">Its name in the lake.</param>
/// <param name="Declared">The declared type.</param>
/// <param name="Because">What does not fit.</param>
public sealed record RetypedColumn(string Column, string Declared, string Because);

/// <summary>A dataset beside what its vendor sends, or says that it sends.</summary>
/// <param name="With">The recorded answer or the page, a file; or the address that was asked.</param>
/// <param name="Rows">Rows of the answer, as far as they were compared; a page has none.</param>
/// <param name="New">Fields that nobody has declared: they are not kept.</param>
/// <param name="Missing">Declared fields that it does not have and should.</param>
/// <param name="Retyped">Columns whose values do not fit.</param>
/// <param name="Problem">Why it could not be compared; null when it was.</param>
public sealed record AnswerCheck(
    string With,
    int Rows,
    IReadOnlyList<string> New,
    IReadOnlyList<string> Missing,
    IReadOnlyList<RetypedColumn> Retyped,
    string? Problem
)
{
    /// <summary>It could not be compared.</summary>
    public static AnswerCheck Failed(string with, string problem) => new(with, 0, [], [], [], problem);

    /// <summary>Whether the answer is what is declared.</summary>
    public bool IsAsDeclared => Problem is null && New.Count + Missing.Count + Retyped.Count == 0;
}

/// <summary>What was found of one dataset.</summary>
/// <param name="Dataset">Its id.</param>
/// <param name="Faults">What is wrong with its file, each with file and line.</param>
/// <param name="Compared">Beside each that there is of its recorded answer, its vendor's page and its vendor.</param>
public sealed record DatasetCheck(string Dataset, IReadOnlyList<string> Faults, IReadOnlyList<AnswerCheck> Compared)
{
    /// <summary>Whether nothing is wrong with it.</summary>
    public bool IsRight => Faults.Count == 0 && Compared.All(each => each.IsAsDeclared);
}

/// <summary>What was found.</summary>
/// <param name="Datasets">Ordered by id.</param>
/// <param name="Undeclared">Calls that have a recorded answer or a page, and no dataset.</param>
public sealed record CheckDatasetsResponse(IReadOnlyList<DatasetCheck> Datasets, IReadOnlyList<string> Undeclared)
{
    public Verdict Verdict => Datasets.All(each => each.IsRight) ? Verdict.Done : Verdict.Incomplete;
}
