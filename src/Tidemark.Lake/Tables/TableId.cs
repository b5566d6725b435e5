using System.Text.RegularExpressions;
using Tidemark.Core.Errors;

namespace Tidemark.Lake.Tables;

/// <summary>A table's layer and name, for example <c>ods.ods_daily</c>, kept under <c>ods/ods_daily/</c>.</summary>
public sealed partial record TableId : IComparable<TableId>
{
    private const string ForeignLayer = "folder";
    private readonly string? _folder;

    /// <exception cref="TidemarkException">A name is not lower-case letters, digits and underscores.</exception>
    public TableId(string layer, string name)
        : this(layer, name, $"{layer}.{name}") { }

    private TableId(string layer, string name, string text)
    {
        if (!Word().IsMatch(layer) || !Word().IsMatch(name))
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "TABLE_NAME_INVALID",
                $"'{text}' is not a table name like ods.ods_daily: lower-case letters, digits and underscores only."
            );
        }

        Layer = layer;
        Name = name;
    }

    private TableId(string folder)
    {
        Layer = ForeignLayer;
        Name = folder[(folder.LastIndexOf('/') + 1)..];
        _folder = folder;
    }

    public string Layer { get; }

    public string Name { get; }

    /// <summary>The prefix of its objects; ends with <c>/</c>.</summary>
    public string Prefix => _folder is null ? $"{Layer}/{Name}/" : _folder + "/";

    /// <summary>
    /// Whether it is a Delta table elsewhere in the store, outside the lake's layers: it is read and never written.
    /// </summary>
    public bool IsForeign => _folder is not null;

    /// <summary>
    /// Any Delta table of the store by its folder, for reading; sessions see it as <c>folder.{last part of the
    /// path}</c>.
    /// </summary>
    public static TableId InFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return new TableId(folder.Trim('/'));
    }

    /// <summary>
    /// Reads <c>layer.name</c>; a bare name takes its layer from its own prefix (<c>ods_daily</c> →
    /// <c>ods.ods_daily</c>).
    /// </summary>
    /// <exception cref="TidemarkException"><c>TABLE_NAME_INVALID</c>: no table can have this name.</exception>
    public static TableId Parse(string text)
    {
        var (layer, name) = Parts(text);
        return new TableId(layer, name, text);
    }

    /// <summary>The same; null when no table can have this name.</summary>
    public static TableId? TryParse(string text)
    {
        var (layer, name) = Parts(text);
        return IsName(layer) && IsName(name) ? new TableId(layer, name) : null;
    }

    /// <summary>Whether a layer or table may have this name.</summary>
    public static bool IsName(string name) => Word().IsMatch(name);

    public override string ToString() => $"{Layer}.{Name}";

    public int CompareTo(TableId? other) => string.CompareOrdinal(ToString(), other?.ToString());

    public static bool operator <(TableId left, TableId right) => left.CompareTo(right) < 0;

    public static bool operator >(TableId left, TableId right) => left.CompareTo(right) > 0;

    public static bool operator <=(TableId left, TableId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TableId left, TableId right) => left.CompareTo(right) >= 0;

    private static (string Layer, string Name) Parts(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0)
        {
            return (text[..dot], text[(dot + 1)..]);
        }

        var underscore = text.IndexOf('_', StringComparison.Ordinal);
        return (underscore > 0 ? text[..underscore] : "", text);
    }

    [GeneratedRegex("^[a-z][a-z0-9_]*\\z")]
    private static partial Regex Word();
}
