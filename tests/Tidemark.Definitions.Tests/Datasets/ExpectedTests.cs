using Tidemark.Core.Datasets;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Yaml;
using Tidemark.Testing;

namespace Tidemark.Definitions.Tests.Datasets;

/// <summary>What a unit owes: declared, by the grain, and never against it.</summary>
public sealed class ExpectedTests
{
    private static readonly Dictionary<string, string> s_grains = new()
    {
        ["trading_day"] = "grain: trading_day\ndate_column: day\nrequest: { params: { d: \"{dt}\" }, row_cap: 10 }",
        ["snapshot"] = "grain: snapshot\nrequest: { row_cap: 10 }",
        ["symbol"] = """
            grain: symbol
            per: month
            part: { symbols_of: tushare.list, column: code }
            date_column: day
            request: { params: { c: "{part}", f: "{from}", t: "{to}" }, row_cap: 10 }
            """,
        ["period"] =
            "grain: period\nper: month\ndate_column: day\nrequest: { params: { m: \"{month}\" }, row_cap: 10 }",
        ["events"] = """
            grain: events
            per: month
            date_column: day
            request: { params: { f: "{from}", t: "{to}" }, row_cap: 10 }
            """,
    };

    private const string List = """
        dataset: tushare.list
        title: List
        module: stock.list
        bucket: stock
        api: list
        table: ods_list
        grain: snapshot
        calendar: XSHG
        available: { at: "16:30" }
        request: { row_cap: 10 }
        key: [code]
        columns: { code: { type: text } }
        """;

    private static DatasetDefinition Load(string grain, string rest = "")
    {
        var text = $$"""
            dataset: tushare.things
            title: Things
            module: stock.things
            bucket: stock
            api: things
            table: ods_things
            calendar: XSHG
            available: { at: "16:30" }
            key: [code, day]
            columns: { code: { type: text }, day: { type: date } }
            {{s_grains[grain]}}
            {{rest}}
            """;
        using var folder = DefinitionsFolder.Empty().With("tushare.things.yaml", text).With("tushare.list.yaml", List);
        return DatasetRegistry.Load(folder.Path, new HashSet<string> { "XSHG" }).Get("tushare.things");
    }

    [Theory]
    [InlineData("trading_day", "", ExpectedRows.InstrumentDay)]
    [InlineData("trading_day", "empty_is_ordinary: true", ExpectedRows.Event)]
    [InlineData("snapshot", "", ExpectedRows.Snapshot)]
    [InlineData("snapshot", "empty_is_ordinary: true", ExpectedRows.Snapshot)]
    [InlineData("symbol", "", ExpectedRows.InstrumentDay)]
    [InlineData("symbol", "empty_is_ordinary: true", ExpectedRows.InstrumentDay)]
    [InlineData("period", "", ExpectedRows.Period)]
    [InlineData("events", "", ExpectedRows.Event)]
    [InlineData("trading_day", "expected: calendar_day", ExpectedRows.CalendarDay)]
    [InlineData("trading_day", "expected: event", ExpectedRows.Event)]
    [InlineData("snapshot", "expected: live", ExpectedRows.Live)]
    [InlineData("events", "expected: period\nempty_is_ordinary: true", ExpectedRows.Period)]
    public void Expected_IsAsDeclared_ElseByGrain(string grain, string rest, ExpectedRows expected) =>
        Load(grain, rest).Expected.ShouldBe(expected);

    [Theory]
    [InlineData(
        "trading_day",
        "expected: snapshot",
        "'expected' is 'snapshot', which makes no sense with grain trading_day; expected instrument_day, calendar_day, event"
    )]
    [InlineData("trading_day", "expected: live", "which makes no sense with grain trading_day")]
    [InlineData("snapshot", "expected: instrument_day", "expected snapshot, event, live")]
    [InlineData("symbol", "expected: snapshot", "which makes no sense with grain symbol")]
    [InlineData("period", "expected: calendar_day", "expected period, event")]
    [InlineData("events", "expected: snapshot", "which makes no sense with grain events")]
    [InlineData(
        "trading_day",
        "expected: calendar_day\nempty_is_ordinary: true",
        "'empty_is_ordinary' says that a day may have none"
    )]
    [InlineData("events", "expected: rows", "'expected' is 'rows', expected one of instrument_day")]
    public void Expected_AgainstTheGrain_IsRefusedWithItsLine(string grain, string rest, string fault)
    {
        var error = Should.Throw<InvalidDefinitionException>(() => Load(grain, rest));

        error.Message.ShouldContain(fault);
        error.Message.ShouldMatch(@"tushare\.things\.yaml:\d+");
    }
}
