using Tidemark.Core.Datasets;

namespace Tidemark.Definitions.Scaffolds;

/// <summary>What a dataset's file is drafted from.</summary>
/// <param name="Vendor">The vendor.</param>
/// <param name="Api">Its name of the call.</param>
/// <param name="Parameters">With which the answer was asked for; empty where nobody knows.</param>
/// <param name="Answer">The answer; at least one column and one row.</param>
public sealed record ScaffoldRequest(
    string Vendor,
    string Api,
    IReadOnlyDictionary<string, string> Parameters,
    AnswerSample Answer
)
{
    /// <summary>
    /// The parameter that is the path of the file that the answer is; null where an answer comes of a call.
    /// </summary>
    public string? PathParameter { get; init; }

    /// <summary>The id that the dataset gets.</summary>
    public string Id => $"{Vendor}.{Api}";

    /// <summary>Tables of other datasets.</summary>
    public IReadOnlySet<string> TakenTables { get; init; } = new HashSet<string>();

    /// <summary>Lists of the vendor from which a dataset by symbol may have its symbols, the likeliest first.</summary>
    public IReadOnlyList<DatasetDefinition> Lists { get; init; } = [];

    /// <summary>The calendars that there are.</summary>
    public required IReadOnlySet<string> Calendars { get; init; }
}

/// <summary>A file that was drafted.</summary>
/// <param name="Text">All of it.</param>
/// <param name="Dataset">What it declares.</param>
/// <param name="Guesses">What has to be checked in it, as its comments say.</param>
public sealed record DatasetScaffold(string Text, DatasetDefinition Dataset, IReadOnlyList<string> Guesses);
