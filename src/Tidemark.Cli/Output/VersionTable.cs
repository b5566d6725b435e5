using System.Globalization;
using Spectre.Console;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Cli.Output;

/// <summary>Writes table versions for people.</summary>
internal static class VersionTable
{
    private const int ShortId = 8; // enough for `runs show`

    /// <param name="context">The call to write for.</param>
    /// <param name="versions">The rows.</param>
    /// <param name="moment">The heading of the column with the time.</param>
    /// <param name="withOrigin">Whether to show who made a version, and from what.</param>
    public static void Write(
        CommandContext context,
        IReadOnlyList<TableVersion> versions,
        string moment,
        bool withOrigin = false
    )
    {
        if (context.IsJson)
        {
            return;
        }

        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("table", "version", Markup.Escape($"{moment} ({context.Time.Zone})"), "operation");
        foreach (var right in new[] { "rows", "files", "bytes" })
        {
            table.AddColumn(new TableColumn(right).RightAligned());
        }

        if (withOrigin)
        {
            table.AddColumns("run", "from");
        }

        foreach (var v in versions)
        {
            string[] cells =
            [
                v.Table,
                v.Version.ToString(CultureInfo.InvariantCulture),
                v.Timestamp is { } at ? context.Time.Second(at) : "–",
                v.Operation ?? "",
                v.Rows.ToString("N0", CultureInfo.InvariantCulture),
                v.Files.ToString("N0", CultureInfo.InvariantCulture),
                v.Bytes.ToString("N0", CultureInfo.InvariantCulture),
                .. withOrigin
                    ? [v.RunId is { Length: > ShortId } run ? run[..ShortId] : v.RunId ?? "", Origin(v)]
                    : Array.Empty<string>(),
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        context.Terminal.Write(table);
    }

    private static string Origin(TableVersion version) =>
        string.Join(", ", (version.ChangesRows ? Array.Empty<string>() : [SameRows(version)]).Concat(Parts(version)));

    // Fences are the program's own bookkeeping and change no rows.
    private static string SameRows(TableVersion version) =>
        version.Operation == LaneFences.Operation
            ? "same rows: who had the lane before commits nothing more"
            : "same rows";

    private static IEnumerable<string> Parts(TableVersion version) =>
        (version.Parameters ?? new Dictionary<string, string>())
            .Select(p => $"{p.Key} {p.Value}")
            .Concat((version.Inputs ?? new Dictionary<string, long>()).Select(i => $"{i.Key}={i.Value}"))
            .Concat(version.ShrinkReason is { } reason ? [$"smaller, because: {reason}"] : Array.Empty<string>());
}
