using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations;
using Tidemark.Operations.Query;

namespace Tidemark.Cli.Commands;

/// <summary>
/// <c>tidemark sql "select …"</c>: read-only SQL on the catalog, or on older versions of some tables.
/// </summary>
internal sealed class SqlCommand : CliCommand
{
    private readonly Argument<string?> _query = new("QUERY")
    {
        Description = "One query: SELECT, WITH, FROM, DESCRIBE, SUMMARIZE, SHOW or EXPLAIN of a query",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _file = new("-f", "--file")
    {
        Description = "Reads the query from a file, or from stdin (-)",
        HelpName = "FILE|-",
    };

    private readonly Option<string[]> _versions = new("--as-of-version")
    {
        Description = "Reads a table as it was, for example ods.ods_daily=3; may be given several times",
        HelpName = "TABLE=V",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<DateTimeOffset?> _asOf = TypedOptions.Moment(
        "--as-of",
        "Reads all tables as they were at a moment, for example 2024-06-01T12:00Z; later tables do not exist then"
    );

    private readonly Option<QueryFormat> _format = new("--format")
    {
        Description = "table, csv, json or parquet",
        HelpName = "F",
        DefaultValueFactory = _ => QueryFormat.Table,
    };

    private readonly Option<string?> _output = new("-o", "--output")
    {
        Description = "Write to this file",
        HelpName = "FILE",
    };

    private readonly Option<TimeSpan?> _timeout = TypedOptions.OptionalDuration(
        "--timeout",
        "Gives up after this time, for example 30s or 5m"
    );

    private readonly Option<int?> _maxRows = new("--max-rows")
    {
        Description = "Gives at most so many rows, and says when there are more",
        HelpName = "N",
    };

    public override Command Build()
    {
        TypedOptions.Bound(_maxRows, min: 1);
        return new("sql", "Read-only SQL on the lake")
        {
            _query,
            _file,
            _versions,
            _asOf,
            _format,
            _output,
            _timeout,
            _maxRows,
        };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        var file = parse.GetValue(_output) is { } path ? context.World.FullPath(path) : null;
        // --json is about stdout; a file has the format that --format names.
        var isNamed = file is not null && parse.GetResult(_format) is { Implicit: false };
        var format = context.IsJson && !isNamed ? QueryFormat.Json : parse.GetValue(_format);
        var writer = QueryWriter.Of(context, format, file);
        var text = await QueryText.OfAsync(
            parse.GetValue(_query),
            parse.GetValue(_file),
            context.World.FullPath,
            context.World.In,
            stop
        );
        var request = new QueryRequest(text)
        {
            Versions = parse.GetValue(_versions)!,
            AsOf = parse.GetValue(_asOf),
            Timeout = parse.GetValue(_timeout),
            MaxRows = parse.GetValue(_maxRows),
        };
        await using var workspace = context.OpenWorkspace();
        if (file is not null)
        {
            workspace.Get<QueryOutput>().EnsureFree(file);
        }

        var query = workspace.Get<QueryOperation>();
        await writer.WriteAsync(query, request, stop);
        var leftOut = await query.LinksAsync(request, stop);
        LeftOutText.Write(context, leftOut);
        return ExitCodes.Of(leftOut.Lower(Verdict.Done));
    }
}
