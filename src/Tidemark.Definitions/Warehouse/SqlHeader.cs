using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Warehouse;

/// <summary>A text of a header and the line on which it stands.</summary>
public readonly record struct HeaderText(string Text, int Line);

/// <summary>
/// What the first comment of a SQL file declares: how the table is divided, its key, what its columns are, how far it
/// looks into its inputs, and whether a query makes one day or many. <see cref="YamlHeader"/> reads it;
/// <see cref="LineHeader"/> reads what was written before.
/// </summary>
public sealed record SqlHeader
{
    /// <summary>The partition column, <c>dt</c> or <c>month</c>; null for a table without days.</summary>
    public required string? PartitionColumn { get; init; }

    /// <summary>The columns that identify a row within its partition.</summary>
    public required IReadOnlyList<string> Key { get; init; }

    /// <summary>The line of the key, for messages.</summary>
    public required int KeyLine { get; init; }

    /// <summary>Where the SQL begins in the file's text.</summary>
    public int SqlStart { get; init; }

    /// <summary>What the table is.</summary>
    public string? Description { get; init; }

    /// <summary>By column.</summary>
    public IReadOnlyDictionary<string, HeaderText> Units { get; init; } = new Dictionary<string, HeaderText>();

    /// <summary>By column.</summary>
    public IReadOnlyDictionary<string, HeaderText> Abouts { get; init; } = new Dictionary<string, HeaderText>();

    /// <summary>
    /// By input: <c>day</c>, <c>20 trading days</c>, <c>valid</c>, <c>everything</c>; of the old form a number of
    /// calendar days.
    /// </summary>
    public IReadOnlyDictionary<string, HeaderText> Reaches { get; init; } = new Dictionary<string, HeaderText>();

    /// <summary>The exchange whose trading days the reaches count; null where none does.</summary>
    public HeaderText? Calendar { get; init; }

    /// <summary>Whether one query makes the partitions of many days.</summary>
    public bool IsByRange { get; init; }

    /// <summary>
    /// Where it begins when it is written as lines (<c>-- partition: dt</c>), which the next release does not read;
    /// null for YAML.
    /// </summary>
    public int? OldLine { get; init; }

    /// <summary>
    /// False when it does not say what kind of table it is: what the SQL lacks then is no second fault.
    /// </summary>
    public bool IsReadable { get; init; } = true;

    /// <summary>Whether nobody knows where the comment ends and the SQL begins.</summary>
    public bool HidesSql { get; init; }

    /// <summary>Whether rows belong to days.</summary>
    public bool HasDays => PartitionColumn is not null;

    /// <summary>
    /// How a file that is written in the old form is to be written now; null where there is nothing to say.
    /// </summary>
    public string? NewForm => OldLine is null ? null : LineHeader.NewForm(this);

    /// <summary>Reads what a file begins with.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">All of it.</param>
    /// <param name="problems">Takes every fault.</param>
    public static SqlHeader Read(string path, string text, YamlProblems problems) =>
        YamlHeader.TryRead(path, text, problems) ?? LineHeader.Read(path, text.Split('\n'), problems);
}
