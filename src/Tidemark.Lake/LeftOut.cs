using System.Text.Json.Serialization;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake;

/// <summary>Something in the lake that cannot be used. The rest of the lake can.</summary>
/// <param name="Name"><c>layer.folder</c>, or the name of the migration that could not be applied.</param>
/// <param name="Code">The error's code.</param>
/// <param name="Reason">What is wrong and what to do.</param>
/// <param name="Version">The version that could not be shown; −1 when none could be read.</param>
/// <param name="IsTable">
/// Whether it is a table, or a folder in a table's place; else a migration that needs one.
/// </param>
public sealed record LeftOut(string Name, string Code, string Reason, long Version = -1, bool IsTable = true)
{
    /// <summary>The table, when it is one whose log cannot be read; null for anything that is not a table.</summary>
    [JsonIgnore]
    public TableId? Table { get; init; }

    /// <summary>The error for a caller that needs just this.</summary>
    public TidemarkException ToException(Exception? inner) =>
        new(
            Code switch
            {
                "VERSION_GONE" or "TABLE_UNKNOWN" => ErrorKind.BadRequest,
                MigrationCode => ErrorKind.Configuration,
                _ => ErrorKind.Storage,
            },
            Code,
            Reason,
            inner
        );

    /// <summary>A table that is gone and was there before, as its readers or writers know.</summary>
    /// <param name="table">The table.</param>
    /// <param name="readers">Tables that were made from it and still read it.</param>
    /// <param name="remedy">How to make it again: the end of "Restore it from a backup, or".</param>
    public static LeftOut Gone(TableId table, IReadOnlyCollection<TableId> readers, string remedy) =>
        new(
            table.ToString(),
            GoneCode,
            $"{table.Prefix} held a table; now it is gone, or its {DeltaLog.Folder} is. Restore it from a backup, or {remedy}. "
                + (
                    readers.Count == 0
                        ? $"To do without it, name {table} under 'off' in tidemark.yaml."
                        : $"Until then the tables made from it stay as they are ({string.Join(", ", readers)}). To do without it, name it and them under 'off' in tidemark.yaml, or remove it from their SQL."
                )
        );

    /// <summary>A table that was gone and that a run has begun anew, without the days that it had before.</summary>
    /// <param name="table">The table.</param>
    /// <param name="first">The first day that it has now.</param>
    /// <param name="fetch">The command that fetches the days before.</param>
    public static LeftOut BegunAnew(TableId table, DateOnly first, string fetch) =>
        new(
            table.ToString(),
            GoneCode,
            $"{table.Prefix} held a table, which was gone when this run began. The run made a new one, with the days from {first.ToIso()} on. "
                + $"To fetch the earlier days again: {fetch}."
        );

    public const string GoneCode = "TABLE_GONE";

    /// <summary>A migration of the catalog that failed.</summary>
    public const string MigrationCode = "CATALOG_MIGRATION";

    /// <summary>
    /// A folder of files in a table's place: the rest of a table that lost its log, or somebody's copy.
    /// </summary>
    public const string WithoutLogCode = "TABLE_WITHOUT_LOG";

    /// <summary>Each thing once. Something that is known to have been a table is reported as that.</summary>
    public static IReadOnlyList<LeftOut> Once(IEnumerable<LeftOut> all) =>
        [.. all.GroupBy(l => l.Name).Select(g => g.FirstOrDefault(l => l.Code == GoneCode) ?? g.First())];

    /// <summary>A table left out because of an error.</summary>
    public static LeftOut Of(TableId table, TidemarkException error) =>
        new(table.ToString(), error.Code, error.Message) { Table = table };
}
