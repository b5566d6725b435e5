using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.Hosting;
using Tidemark.Hosting.Workspace;
using Tidemark.Lake.Storage;
using Tidemark.Operations.Query;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark sql "select …"</c>: read-only SQL on the catalog, or on older versions of some tables.</summary>
internal sealed class SqlCommand : CliCommand
{
    private const string Stdin = "-";

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

    private readonly Option<DateTimeOffset?> _asOf = MomentOption(
        "--as-of",
        "Reads all tables as they were at a moment, for example 2024-06-01T12:00Z; those that are younger are not there"
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

    private readonly Option<TimeSpan?> _timeout = OptionalDurationOption(
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
        Bound(_maxRows, min: 1);
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
        // --json is about stdout: a file has the format that is named.
        var isNamed = file is not null && parse.GetResult(_format) is { Implicit: false };
        var format = context.IsJson && !isNamed ? QueryFormat.Json : parse.GetValue(_format);
        if (format == QueryFormat.Parquet && file is null)
        {
            throw new TidemarkException(ErrorKind.BadRequest, "OUTPUT_MISSING", "--format parquet needs -o FILE.");
        }

        var request = new QueryRequest(await TextAsync(context, parse, stop))
        {
            Versions = parse.GetValue(_versions)!,
            AsOf = parse.GetValue(_asOf),
            Timeout = parse.GetValue(_timeout),
            MaxRows = parse.GetValue(_maxRows),
        };
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        EnsureOwn(file, host.Options);
        var query = host.Get<QueryOperation>();
        await new QueryWriter(context, format, file).WriteAsync(query, request, stop);
        return LeftOutText.Write(context, await query.LinksAsync(request, stop), ExitCodes.Done);
    }

    /// <summary>An answer never takes the place of what the workspace consists of, nor of what is no file.</summary>
    private static void EnsureOwn(string? file, WorkspaceOptions workspace)
    {
        if (file is not null && (DataFile.IsPipeOrDevice(file) || new FileInfo(file).LinkTarget is not null))
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "OUTPUT_TAKEN",
                $"-o {file}: this is a link, a pipe or a device, and a file would take its place. Nothing was written. Name a file, or leave -o out and redirect stdout."
            );
        }

        string?[] parts =
        [
            Path.Combine(workspace.Folder, "tidemark.yaml"),
            workspace.Catalog,
            workspace.Definitions,
            workspace.S3.Cache,
            workspace.Lake.IsUrl ? null : workspace.Lake.Path,
            .. workspace.Control.IsUrl
                ? []
                : new[] { "", "-wal", "-shm", "-journal" }.Select(end => workspace.Control.Path + end),
        ];
        if (file is not null && RealPaths.IsWithin(file, parts.OfType<string>()))
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "OUTPUT_TAKEN",
                $"-o {file}: this belongs to the workspace (its lake, control database, catalog, definitions or tidemark.yaml). Nothing was written. Name another file."
            );
        }
    }

    private async Task<string> TextAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        var file = parse.GetValue(_file);
        return (parse.GetValue(_query), file) switch
        {
            ({ } query, null) => query,
            (null, Stdin) => await QueryText.OfStdinAsync(context.World.In, stop),
            (null, { } path) => await QueryText.OfFileAsync(context.World.FullPath(path), stop),
            _ => throw new TidemarkException(
                ErrorKind.BadRequest,
                "QUERY_MISSING",
                "Give one query: tidemark sql \"SELECT …\", tidemark sql -f FILE, or tidemark sql -f - for stdin. See `tidemark sql --help`."
            ),
        };
    }
}
