using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tidemark.Cli.Output;
using Tidemark.Operations.Tables;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark tables show TABLE</c>: the columns of a table with their types, units and meaning.</summary>
internal sealed class TablesShow
{
    private readonly Argument<string> _table = TypedOptions.Table("dwd.dwd_stock_daily");

    public Command Build() =>
        new("show", "The columns of a table: type, unit, key, partition, what they are") { _table };

    public async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var request = new TableDescriptionRequest(parse.GetValue(_table)!);
        var table = await workspace.Get<DescribeTable>().RunAsync(request, stop);
        context.WriteJson(table);
        if (!context.IsJson)
        {
            Write(context.Terminal, table);
        }

        return ExitCodes.Done;
    }

    private static string Remedy(string table) =>
        table.StartsWith("ods.", StringComparison.Ordinal)
            ? "`tidemark run` fetches it"
            : $"`tidemark build {table}` makes it";

    private static void Write(IAnsiConsole terminal, TableDescription table)
    {
        var version = table.Version is { } v
            ? string.Create(CultureInfo.InvariantCulture, $"version {v}, {table.Rows:N0} rows")
            : $"declared, nothing committed yet: {Remedy(table.Table)}";
        terminal.WriteLine($"{table.Table}: {table.Description ?? "no description"}");
        terminal.WriteLine($"{version}; partition {table.Partition}; key {string.Join(", ", table.Key)}");
        var grid = new Table().Border(TableBorder.Simple).AddColumns("column", "type", "unit", "", "what it is");
        foreach (var column in table.Columns)
        {
            var role =
                column.IsKey ? "key"
                : column.IsPartition ? "partition"
                : "";
            string[] cells = [column.Name, column.Type, column.Unit ?? "", role, column.Comment ?? ""];
            grid.AddRow([.. cells.Select(Markup.Escape)]);
        }

        terminal.Write(grid);
    }
}
