using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Parquet;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests;

/// <summary>A lake in a temporary folder, and short words for committing rows of (code, price).</summary>
public sealed class LakeFixture : IDisposable
{
    public static readonly DateOnly Day = new(2022, 6, 1);
    private static readonly ColumnDefinition[] s_columns =
    [
        new("code", ColumnKind.Text, Nullable: false),
        new("price", ColumnKind.Double, "CNY"),
    ];

    private readonly bool _ownsFolder;

    public LakeFixture(
        string? folder = null,
        TablePartitioning? partitioning = null,
        ParquetCodec codec = ParquetCodec.Snappy
    )
    {
        Table = Prices() with { Partitioning = partitioning ?? TablePartitioning.Day };
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("tidemark-lake-").FullName;
        Engine = new LakeEngine(
            new EngineOptions(2, "1GB", codec),
            Path.Combine(Path.GetTempPath(), $"tidemark-spill-{Path.GetFileName(Folder)}-{codec}")
        );
        Store = new LocalObjectStore(Folder);
        Lake = NewLake();
    }

    /// <summary>How a test's data say it: <c>nothing</c>, <c>month</c>, <c>dt/underlying</c>.</summary>
    public static TablePartitioning DividedBy(string columns) =>
        columns == TablePartitioning.None.ToString()
            ? TablePartitioning.None
            : TablePartitioning.By(columns.Split('/'));

    public string Folder { get; }

    /// <summary>What is committed to: <see cref="Prices"/>, divided as this fixture has it.</summary>
    public TableDefinition Table { get; }

    public LakeEngine Engine { get; }

    public LocalObjectStore Store { get; }

    public DataLake Lake { get; }

    public static TableDefinition Prices(params LakeColumn[] more) =>
        new(
            new TableId("ods", "ods_prices"),
            [
                new LakeColumn("code", LakeType.Text, Nullable: false),
                new LakeColumn("price", LakeType.Double, Unit: "CNY"),
                .. more,
            ],
            ["code"]
        );

    /// <summary>Another process's view of the same lake.</summary>
    public DataLake NewLake() => DataLake.OnDisk(Folder, Engine, TimeProvider.System, new SystemIdSource());

    public static ColumnBatch Batch(params (string Code, double? Price)[] rows)
    {
        var batch = new ColumnBatch(s_columns);
        foreach (var (code, price) in rows)
        {
            ((TextColumn)batch.Columns[0]).Append(System.Text.Encoding.UTF8.GetBytes(code));
            if (price is { } value)
            {
                ((ValueColumn<double>)batch.Columns[1]).Append(value);
            }
            else
            {
                batch.Columns[1].AppendNull();
            }
        }

        return batch;
    }

    public async Task<StagedCommit> StageAsync(
        DataLake lake,
        string run,
        params (string Unit, DateOnly Day, ColumnBatch Rows)[] units
    )
    {
        using var staging = lake.Stage(Table, run);
        foreach (var (unit, day, rows) in units)
        {
            staging.Append(unit, day, rows);
        }

        return await staging.StageAsync(await lake.Table(Prices().Id).SnapshotAsync(default), default);
    }

    public async Task<CommitResult> CommitAsync(
        string run,
        params (string Unit, DateOnly Day, ColumnBatch Rows)[] units
    ) =>
        await Lake.Table(Prices().Id)
            .CommitAsync(await StageAsync(Lake, run, units), new CommitRequest("TEST"), default);

    public Task<CommitResult> CommitAsync(string unit, DateOnly day, params (string, double?)[] rows) =>
        CommitAsync("run", (unit, day, Batch(rows)));

    /// <summary>What another engine writes: a file, and an entry that says nothing of units.</summary>
    /// <param name="rows">(code, price), as SQL.</param>
    /// <param name="partition">The folder below the table's; empty for none.</param>
    /// <param name="removesOurs">Whether it takes all other files out.</param>
    public async Task AppendAsOthersAsync(
        string rows,
        string partition = "dt=2022-06-01/",
        string columns = "code, price",
        bool removesOurs = false
    )
    {
        var folder = Path.Combine(Folder, Table.Id.Prefix);
        var snapshot = await NewLake().Table(Table.Id).SnapshotAsync(default);
        var theirs = $"{partition}theirs-{snapshot.Version}.parquet";
        var file = Path.Combine(folder, theirs);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using (var connection = Engine.Connect())
        {
            connection.Execute($"COPY (SELECT * FROM (VALUES {rows}) AS t({columns})) TO '{file}' (FORMAT parquet)");
        }

        var values = partition.Length == 0 ? "" : "\"" + partition.TrimEnd('/').Replace("=", "\":\"") + "\"";
        var entry =
            "{\"add\":{\"path\":\""
            + theirs
            + "\",\"partitionValues\":{"
            + values
            + "},\"size\":"
            + new FileInfo(file).Length
            + ",\"modificationTime\":1,\"dataChange\":true}}\n";
        foreach (var ours in removesOurs ? snapshot.Files.Values.Select(f => f.Path) : [])
        {
            entry += "{\"remove\":{\"path\":\"" + ours + "\",\"deletionTimestamp\":1,\"dataChange\":true}}\n";
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "_delta_log", $"{snapshot.Version + 1:D20}.json"), entry);
    }

    public async Task<List<string>> RowsAsync(string sql = "SELECT code, price, dt FROM ods.ods_prices ORDER BY ALL")
    {
        using var session = await NewLake().OpenSessionAsync(null, default);
        using var result = session.Connection.Query(sql);
        return
        [
            .. result
                .Rows()
                .Select(r =>
                    string.Join(
                        '|',
                        r.Select(v =>
                            v switch
                            {
                                null => "null",
                                DateOnly d => d.ToIso(),
                                IFormattable f => f.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
                                _ => v.ToString(),
                            }
                        )
                    )
                ),
        ];
    }

    public void Dispose()
    {
        Engine.Dispose();
        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
