using Tidemark.Core.Sessions;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Sessions;

/// <summary>Every column of <c>definitions/sessions.csv</c>.</summary>
public static class SessionKeys
{
    internal const string Session = "session";
    internal const string Limit = "limit";
    internal const string Example = "continuous 09:30-11:30; close_auction 14:57-15:00";

    /// <summary>What a line may be about.</summary>
    internal static IReadOnlyList<string> Rules { get; } = [Session, Limit];

    public static KeyTable Columns { get; } =
        new([
            new("exchange", "code of an exchange: `XSHG`, `XSHE`, …", KeyEntry.Required, "Where it holds"),
            new(
                "board",
                KeyTable.OneOf(SessionRules.Boards),
                KeyEntry.Required,
                "Which instruments; `st`: shares of the main board under special treatment, `fund`: ETF, LOF, REIT"
            ),
            new("rule", KeyTable.OneOf(Rules), KeyEntry.Required, "What the value is"),
            new(
                "from",
                "day like `2026-07-06`",
                KeyEntry.Required,
                "The first day on which it holds, until a later line of the same exchange, board and rule"
            ),
            new(
                "value",
                $"`session`: parts like `{Example}`; `limit`: a fraction like `0.10`",
                KeyEntry.Required,
                $"`session`: the phases of a day in their order ({KeyTable.WordsOf<SessionPhase>()}) in the exchange's time. `limit`: how far a price may be from its reference price"
            ),
        ]);

    /// <summary>The first line that is no comment.</summary>
    internal static string Header { get; } = string.Join(',', Columns.Keys.Select(key => key.Path));
}
