using Tidemark.Definitions.Yaml;

namespace Tidemark.Simulator.Faults;

/// <summary>Every key of a rule in a file after <c>--faults</c>.</summary>
public static class FaultKeys
{
    private const string Milliseconds = "number of milliseconds";

    public static KeyTable Table { get; } =
        new([
            new("vendor", KeyTable.OneOf(FaultRuleReader.Vendors), "any", "Whose calls it strikes"),
            new("api", "text", "any", "The call; of `tws` the request (`reqMktData`; `hello` is the greeting)"),
            new("params.*", "text", "any", "Only calls with this parameter, as it is sent"),
            new("when.nth", "number", "always", "The call of this number alone; of `when.…` one key at most"),
            new("when.every", "number", "always", "Each call whose number it divides"),
            new("when.probability", "number from 0 to 1", "always", "Drawn from `--seed`: the same calls each time"),
            new(
                "when.between",
                "two numbers of calls, or two times like `\"09:30\"`",
                "always",
                "From the first to the last of them; times are Beijing's"
            ),
            new(
                "do",
                KeyTable.OneOf(FaultRuleReader.Words),
                KeyEntry.Required,
                "What goes wrong; or one of the keys below"
            ),
            .. FaultRuleReader.Words.Select(word => new KeyEntry(
                $"do.{word}",
                "`true`",
                KeyEntry.Nothing,
                $"As `do: {word}`, to stand beside `do.delay`"
            )),
            new("do.delay", Milliseconds, KeyEntry.Nothing, "The answer comes late; alone, or beside another key"),
            new("do.error.code", "number", "required in its section", "The code in the vendor's error envelope"),
            new("do.error.message", "text", "required in its section", "Its message"),
            new("do.http", "number from 400 to 599", KeyEntry.Nothing, "An HTTP status without a body"),
            new("do.drop_column", "name of a column", KeyEntry.Nothing, "The column is left out"),
            new("do.rename_column.*", "name", KeyEntry.Nothing, "The column has this name instead"),
            new("do.text_number.*", "text", KeyEntry.Nothing, "What stands in the column's first row"),
            new("do.version", "number", KeyEntry.Nothing, "The gateway says that it is of this server version"),
            new("do.slow_ticks", Milliseconds, KeyEntry.Nothing, "Ticks come so late"),
            new(
                "do.link_lost",
                Milliseconds,
                KeyEntry.Nothing,
                "The gateway loses its link (1100), and has it again after so long, without the quotes (1101)"
            ),
            new("do.link_interrupted", Milliseconds, KeyEntry.Nothing, "The same, with the quotes (1102)"),
        ]);
}
