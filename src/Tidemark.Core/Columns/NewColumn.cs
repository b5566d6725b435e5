namespace Tidemark.Core.Columns;

/// <summary>
/// What is seen of a column that nobody declared: enough to say what could hold all of its values. Not thread-safe.
/// </summary>
/// <param name="field">The vendor's name of it.</param>
public sealed class NewColumn(string field)
{
    private bool _hasNumbers;
    private bool _hasTexts;
    private bool _hasOthers;

    public string Field { get; } = field;

    /// <summary>
    /// Numbers where there is nothing but numbers, else texts; null as long as nothing was seen, and where a value is
    /// neither.
    /// </summary>
    public ColumnKind? Kind =>
        _hasOthers ? null
        : _hasTexts ? ColumnKind.Text
        : _hasNumbers ? ColumnKind.Double
        : null;

    /// <summary>A number that a double holds as it is written.</summary>
    public void SeeNumber() => _hasNumbers = true;

    public void SeeText() => _hasTexts = true;

    /// <summary>A list or an object.</summary>
    public void SeeOther() => _hasOthers = true;
}
