using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Operations.Definitions;

/// <summary><c>datasets</c>: every dataset that is declared, used or not.</summary>
public sealed class ListDatasets(DatasetRegistry datasets)
{
    internal const string NamedByOff = "'off' in tidemark.yaml names it, its module or its table";

    internal const string StandsBy = "it stands by: a run plans it when 'on' in tidemark.yaml or --datasets names it";

    public DatasetsResponse Run() => new([.. datasets.Files.Select(Entry)]);

    /// <summary>As a file spells it.</summary>
    internal static string WordOf<T>(T value)
        where T : struct, Enum => YamlScalars.WordOf(value);

    /// <summary>How long a unit is; null where that is a day.</summary>
    internal static string? PerOf(DatasetDefinition dataset) =>
        dataset.Per == PeriodKind.Day ? null : WordOf(dataset.Per);

    internal static string OriginOf(DefinitionFile file) => WordOf(file.Origin);

    /// <summary>The state of one that is not off.</summary>
    internal static string StateOf(DatasetDefinition dataset) =>
        dataset.Retired is not null ? DatasetState.Retired
        : dataset.IsStandby ? DatasetState.Standby
        : DatasetState.On;

    /// <summary>Why no run plans one that is not off; null when runs do.</summary>
    internal static string? BecauseOf(DatasetDefinition dataset) =>
        dataset.Retired is { } retired
            ? $"{dataset.Vendor} has given it up{(retired.Since is { } since ? $" ({since.ToIso()})" : "")}"
        : dataset.IsStandby ? StandsBy
        : null;

    private DatasetEntry Entry(DefinitionFile file)
    {
        if (datasets.Find(file.Id) is { } on)
        {
            return Entry(on, file, StateOf(on), BecauseOf(on));
        }

        if (datasets.Off.FirstOrDefault(each => each.Id == file.Id) is { } off)
        {
            return Entry(off, file, DatasetState.Off, NamedByOff);
        }

        var fault = datasets.LeftOut.FirstOrDefault(each => each.Id == file.Id);
        return new DatasetEntry(
            file.Id,
            // Nobody has to mend what is off.
            fault is null
                ? DatasetState.Off
                : DatasetState.LeftOut,
            Module: null,
            Bucket: null,
            Batch: null,
            Grain: null,
            Per: null,
            Parts: null,
            Table: null,
            OriginOf(file),
            file.Path,
            fault?.Reason ?? NamedByOff
        );
    }

    private static DatasetEntry Entry(DatasetDefinition dataset, DefinitionFile file, string state, string? because) =>
        new(
            dataset.Id,
            state,
            dataset.Module,
            dataset.Bucket.Name(),
            dataset.Batch,
            WordOf(dataset.Grain),
            PerOf(dataset),
            dataset.Part is not { } part ? null
                : part.Symbols is { } list ? $"symbols of {list.Dataset}"
                : string.Join(" · ", part.Values),
            $"ods.{dataset.Table}",
            OriginOf(file),
            file.Path,
            because
        );
}
