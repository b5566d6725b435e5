using Tidemark.Definitions.Calendars;
using Tidemark.Definitions.Checks;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Sessions;
using Tidemark.Definitions.Warehouse;
using Tidemark.Testing;

namespace Tidemark.Definitions.Tests.Reference;

/// <summary>
/// The pages of docs/reference have the keys that the readers declare; <c>build/reference</c> writes them.
/// </summary>
public sealed class ReferencePageTests
{
    [Fact]
    public void Page_OfDatasets_HasEveryKey() => Check("dataset.md", DatasetKeys.Table.ToMarkdown());

    [Fact]
    public void Page_OfChecks_HasEveryKey() => Check("check.md", CheckKeys.Table.ToMarkdown());

    [Fact]
    public void Page_OfWarehouseHeaders_HasEveryKey() => Check("warehouse-header.md", HeaderKeys.Table.ToMarkdown());

    [Fact]
    public void Page_OfCalendars_HasEverySettingAndColumn() =>
        Check("calendar.md", $"{CalendarKeys.Settings.ToMarkdown()}\n{CalendarKeys.Columns.ToMarkdown()}");

    [Fact]
    public void Page_OfSessions_HasEveryColumn() => Check("sessions.md", SessionKeys.Columns.ToMarkdown());

    [Fact]
    public void Page_OfWarehouseVariables_HasEveryKey() => Check("dw-config.md", ConfigKeys.Table.ToMarkdown());

    /// <summary>docs/datasets.md, which tells of every dataset that is shipped.</summary>
    [Fact]
    public void PageOfWhatIsShipped_HasEveryDataset()
    {
        var folders = new DefinitionFolders(Path.Combine(SourceTree.Root, "definitions"), Own: null);

        Check("../datasets.md", DatasetPage.Of(new DefinitionBundle(folders, Switches.None).Datasets.All));
    }

    private static void Check(string page, string keys) => ReferencePage.Keys(page, keys).ShouldBe(keys);
}
