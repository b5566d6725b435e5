using Tidemark.Core.Datasets;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Datasets;

/// <summary>What a dataset declares that its units owe: the key <c>expected</c>.</summary>
internal static class ExpectedRule
{
    private const string Expected = "expected";

    // Of each grain the word that it has when the file says nothing comes first.
    private static readonly Dictionary<UnitGrain, ExpectedRows[]> s_allowed = new()
    {
        [UnitGrain.TradingDay] = [ExpectedRows.InstrumentDay, ExpectedRows.CalendarDay, ExpectedRows.Event],
        [UnitGrain.Snapshot] = [ExpectedRows.Snapshot, ExpectedRows.Event, ExpectedRows.Live],
        [UnitGrain.Symbol] = [ExpectedRows.InstrumentDay, ExpectedRows.Event],
        [UnitGrain.Period] = [ExpectedRows.Period, ExpectedRows.Event],
        [UnitGrain.Events] =
        [
            ExpectedRows.Event,
            ExpectedRows.InstrumentDay,
            ExpectedRows.CalendarDay,
            ExpectedRows.Period,
        ],
    };

    /// <summary>The key <c>expected</c>, which must agree with the grain and with <c>empty_is_ordinary</c>.</summary>
    public static ExpectedRows Of(YamlSection root, UnitGrain grain, bool isEmptyOrdinary)
    {
        var allowed = s_allowed[grain];
        var usual = isEmptyOrdinary && grain == UnitGrain.TradingDay ? ExpectedRows.Event : allowed[0];
        var expected = root.Word(Expected, usual);
        if (!allowed.Contains(expected))
        {
            root.Problem(
                Expected,
                $"is '{YamlScalars.WordOf(expected)}', which makes no sense with grain {YamlScalars.WordOf(grain)}; expected {string.Join(", ", allowed.Select(YamlScalars.WordOf))}"
            );
        }
        else if (isEmptyOrdinary && grain == UnitGrain.TradingDay && expected != ExpectedRows.Event)
        {
            root.Problem(
                Expected,
                $"is '{YamlScalars.WordOf(expected)}', so that each day owes rows, but 'empty_is_ordinary' says that a day may have none; expected event, or leave one out"
            );
        }

        return expected;
    }
}
