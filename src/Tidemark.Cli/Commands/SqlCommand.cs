using System.CommandLine;
using System.Globalization;
using Tidemark.Cli.Output;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Hosting;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Tables;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark sql "select …"</c>: read-only SQL on the catalog, or on older versions of some tables.</summary>
internal sealed class SqlCommand : CliCommand
{
    private readonly Argument<string> _query = new("QUERY") { Description = "One SELECT statement" };
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
        DefaultValueFactory = _ => QueryFormat.Table,
    };

    private readonly Option<string?> _output = new("-o", "--output")
    {
        Description = "Write to this file",
        HelpName = "FILE",
    };

    public override Command Build() =>
        new("sql", "Read-only SQL on the lake") { _query, _versions, _asOf, _format, _output };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var query = SingleSelect.Checked(parse.GetValue(_query)!);
        var format = context.IsJson ? QueryFormat.Json : parse.GetValue(_format);
        var file = parse.GetValue(_output);
        var versions = parse.GetValue(_versions)!;
        var writer = new QueryWriter(
            context,
            format,
            file is null ? null : Path.GetFullPath(file, context.World.CurrentFolder)
        );
        var moment = parse.GetValue(_asOf);
        if (versions.Length == 0 && moment is null)
        {
            using var catalog = await host.Get<CatalogFile>()
                .OpenAsync(host.Get<LakeEngine>().ReaderSettings, query, stop);
            try
            {
                writer.Write(catalog.Connection, query, stop);
            }
            catch (DuckDbException e) when (catalog.WhyMissing(query) is { } why)
            {
                throw why.ToException(e);
            }
        }
        else
        {
            using var session = await OpenVersionsAsync(host.Get<DataLake>(), query, versions, moment, stop);
            writer.Write(session.Connection, query, stop);
        }

        return ExitCodes.Done;
    }

    private static async Task<LakeSession> OpenVersionsAsync(
        DataLake lake,
        string query,
        string[] versions,
        DateTimeOffset? moment,
        CancellationToken stop
    )
    {
        var snapshots = new Dictionary<TableId, TableSnapshot>();
        foreach (var table in await lake.TablesAsync(stop))
        {
            if (await SnapshotAsync(table, moment, stop) is { } snapshot)
            {
                snapshots[table.Id] = snapshot;
            }
        }

        foreach (var text in versions)
        {
            var equals = text.LastIndexOf('=');
            if (
                equals < 1
                || !long.TryParse(
                    text.AsSpan(equals + 1),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var version
                )
            )
            {
                throw new TidemarkException(
                    ErrorKind.BadRequest,
                    "VERSION_INVALID",
                    $"--as-of-version {text}: expected TABLE=V like ods.ods_daily=3."
                );
            }

            var id = TableId.Parse(text[..equals]);
            snapshots[id] = await (await lake.FindAsync(id, stop)).SnapshotAtAsync(version, stop);
        }

        // From a remote store only what the query reads is fetched.
        var read = snapshots.Values.Where(s => !lake.Store.IsRemote || QueryReach.MayRead(query, s.Table)).ToArray();
        var session = await lake.OpenSessionAtAsync(read, stop);
        QueryFence.Raise(session.Connection, lake.Store);
        return session;
    }

    /// <summary>The newest version, or that of a moment; null when the table is younger than that.</summary>
    private static async Task<TableSnapshot?> SnapshotAsync(
        LakeTable table,
        DateTimeOffset? moment,
        CancellationToken stop
    )
    {
        if (moment is null)
        {
            return await table.SnapshotAsync(stop);
        }

        try
        {
            return await table.SnapshotAsOfAsync(moment.Value, stop);
        }
        catch (TidemarkException e) when (e.Code == "VERSION_UNKNOWN")
        {
            return null;
        }
    }
}
