namespace Tidemark.Core.Columns;

/// <summary>A column of a dataset: declared, as a rule.</summary>
/// <param name="Name">Its name in the lake.</param>
/// <param name="Kind">The kind of its values.</param>
/// <param name="Unit">
/// The unit of the stored number as the vendor sends it, for example <c>CNY</c>, <c>hand</c>, <c>thousand CNY</c>; null
/// where there is none.
/// </param>
/// <param name="Nullable">Whether a row may lack it.</param>
/// <param name="VendorName">What the vendor calls it; the same as <paramref name="Name"/> when null.</param>
/// <param name="Description">One line for readers of the schema.</param>
/// <param name="Optional">
/// Whether the vendor's answer may leave the whole column out; its values are then null. False = its absence is a
/// schema error. An optional column is always nullable.
/// </param>
/// <param name="Since">
/// The first day for which an answer must have the column; for days before, an answer may leave it out. Null = always.
/// </param>
/// <param name="DescriptionZh">The description in Chinese.</param>
/// <param name="UnreadableIsNull">
/// Whether a value that is not of the kind is null, and counted; false = it is an error. Such a column is nullable.
/// </param>
/// <param name="Alias">
/// Another name under which some answers of the vendor have it; null where it has but one. It is then asked for by no
/// name, because a vendor leaves out what it calls otherwise.
/// </param>
/// <param name="AdoptedAt">
/// When its table took the column over from an answer, without that anybody declared it; null of declared ones.
/// </param>
public sealed record ColumnDefinition(
    string Name,
    ColumnKind Kind,
    string? Unit = null,
    bool Nullable = true,
    string? VendorName = null,
    string? Description = null,
    bool Optional = false,
    DateOnly? Since = null,
    string? DescriptionZh = null,
    bool UnreadableIsNull = false,
    string? Alias = null,
    DateTimeOffset? AdoptedAt = null
)
{
    /// <summary>The field to ask the vendor for.</summary>
    public string Field => VendorName ?? Name;

    /// <summary>The names under which an answer may have it, the usual one first.</summary>
    public IEnumerable<string> Fields => Alias is null ? [Field] : [Field, Alias];

    /// <summary>
    /// Whether the vendor does not send it, because every row is of the part that was asked for: its field is
    /// <see cref="PartField"/>, and its values are the part.
    /// </summary>
    public bool IsPart => VendorName == PartField;

    /// <summary>Stands for the part in the place of a vendor's field.</summary>
    public const string PartField = "{part}";
}
