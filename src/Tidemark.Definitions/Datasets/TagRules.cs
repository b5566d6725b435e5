using System.Text.RegularExpressions;
using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Datasets;

/// <summary>What instruments of a list can be chosen by: the key <c>tags</c>.</summary>
internal static partial class TagRules
{
    private const string Tags = "tags";

    /// <summary>What the file declares; null where it declares none.</summary>
    public static TagSource? Of(YamlSection root, DatasetDefinition dataset)
    {
        if (!root.Has(Tags))
        {
            return null;
        }

        if (!dataset.IsList)
        {
            root.Problem(Tags, "makes no sense without grain snapshot: it is the newest list that says them");
        }

        var section = root.Section(Tags);
        var source = new TagSource
        {
            Symbol = section.RequiredText("symbol"),
            From = section.Text("from"),
            To = section.Text("to"),
            Last = section.Text("last"),
            Where = section.Text("where"),
            Kind = section.Has("kind") ? section.RequiredWord<Bucket>("kind") : null,
            By = section.TextListMap("by"),
        };
        Check(section, dataset, source);
        return source;
    }

    private static void Check(YamlSection section, DatasetDefinition dataset, TagSource source)
    {
        CheckColumn(section, "symbol", source.Symbol, dataset, ColumnKind.Text);
        CheckColumn(section, "from", source.From, dataset, ColumnKind.Date);
        CheckColumn(section, "to", source.To, dataset, ColumnKind.Date);
        CheckColumn(section, "last", source.Last, dataset, ColumnKind.Date);
        if (source.To is not null && source.Last is not null)
        {
            section.Problem("last", "and 'tags.to' say the same: give one of them");
        }

        if (source.Kind is null && source.By.Count == 0)
        {
            section.Problem("by", "or 'tags.kind' must be there: else it says nothing of its instruments");
        }

        foreach (var (prefix, columns) in source.By)
        {
            if (!Prefix().IsMatch(prefix) || prefix is TagSource.KindPrefix or TagSource.ExchangePrefix)
            {
                section.Problem(
                    "by",
                    $"names '{prefix}', expected small letters, digits and ':' between words; '{TagSource.KindPrefix}' and '{TagSource.ExchangePrefix}' are there by themselves"
                );
            }

            if (columns.Count == 0)
            {
                section.Problem("by", $"must give {prefix} at least one column");
            }

            foreach (var column in columns)
            {
                CheckColumn(section, "by", column, dataset, kind: null);
            }
        }
    }

    private static void CheckColumn(
        YamlSection section,
        string key,
        string? name,
        DatasetDefinition dataset,
        ColumnKind? kind
    )
    {
        if (name is null or "")
        {
            return;
        }

        if (dataset.Columns.FirstOrDefault(each => each.Name == name) is not { } column)
        {
            string[] names = [.. dataset.Columns.Select(each => each.Name)];
            section.Problem(key, $"names '{name}', which is no column{NearestName.Hint(name, names)}");
        }
        else if (kind is not null && column.Kind != kind)
        {
            section.Problem(key, $"names '{name}', which is no column of type {kind.ToString()!.ToLowerInvariant()}");
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9_]*(:[a-z0-9_]+)*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Prefix();
}
