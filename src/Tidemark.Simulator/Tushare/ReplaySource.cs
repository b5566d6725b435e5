using System.Buffers;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;

namespace Tidemark.Simulator.Tushare;

/// <summary>
/// Recorded answers: <c>DIR/tushare/{api}.csv</c>, <c>.csv.gz</c>, <c>.json</c> or <c>.parquet</c> with the vendor's
/// own column names. A request filters rows by the parameters that are columns, bounds the date column by
/// <c>start_date</c> and <c>end_date</c>, and gets the newest rows first. A known column that the recording lacks is
/// null in every row, or the default of the parameter of that name (stock_basic's list_status: L). An API without a
/// file has no rows. Thread-safe; holds everything in memory.
/// </summary>
public sealed class ReplaySource : ITushareSource, IDisposable
{
    private static readonly string[] s_endings = [".csv", ".csv.gz", ".json", ".parquet"];

    private readonly DuckDbDatabase _database;
    private readonly DuckDbConnection _connection;
    private readonly Dictionary<string, ReplayTable> _tables = [];
    private readonly Lock _gate = new();

    /// <summary>Loads all files under <c>{directory}/tushare</c>.</summary>
    /// <exception cref="TidemarkException">
    /// The folder is missing or empty, or a file cannot be read; the message names it.
    /// </exception>
    public ReplaySource(string directory)
    {
        var folder = Path.Combine(directory, "tushare");
        var files = Files(directory, folder);
        _database = DuckDbDatabase.Open();
        _connection = _database.Connect();
        try
        {
            foreach (var (api, file) in files)
            {
                _tables.Add(api, Load(api, file));
            }

            (FirstDay, LastDay) = Bounds("daily");
            OpenDays = ReadOpenDays();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The first day of the recorded <c>daily</c> rows; null when there are none.</summary>
    public DateOnly? FirstDay { get; }

    /// <summary>The last day of the recorded <c>daily</c> rows; null when there are none.</summary>
    public DateOnly? LastDay { get; }

    /// <summary>The open days of the recorded <c>trade_cal</c>, ascending; empty when it was not recorded.</summary>
    public IReadOnlyList<DateOnly> OpenDays { get; }

    /// <summary>The APIs that have a file.</summary>
    public IReadOnlyCollection<string> Apis => _tables.Keys;

    /// <summary>The first and last day of the rows of an API by its date column; nulls when it has none.</summary>
    public (DateOnly? First, DateOnly? Last) Bounds(string api)
    {
        if (!_tables.TryGetValue(api, out var table) || table.Api.DateColumn is not { } date)
        {
            return (null, null);
        }

        lock (_gate)
        {
            var column = DuckDbSql.Identifier(date);
            using var result = _connection.Query($"SELECT min({column}), max({column}) FROM {table.SqlName}");
            var row = result.Rows().First();
            return (Day(row[0]), Day(row[1]));
        }
    }

    /// <inheritdoc />
    public TushareApi? Find(string api) =>
        _tables.TryGetValue(api, out var table)
            ? table.Api
            : TushareApis.Find(api)
                ?? (
                    api.Length == 0
                        ? null
                        : new TushareApi
                        {
                            Name = api,
                            Columns = [],
                            RowCap = ReplayTable.RowCapByDefault,
                        }
                );

    /// <inheritdoc />
    public bool WriteRows(TushareRequest request, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        if (!_tables.TryGetValue(request.Api.Name, out var table))
        {
            return false;
        }

        lock (_gate)
        {
            return table.WriteRows(request, output, cancellationToken);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var table in _tables.Values)
            {
                table.Dispose();
            }

            _tables.Clear();
            _connection.Dispose();
            _database.Dispose();
        }
    }

    private static SortedDictionary<string, string> Files(string directory, string folder)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var file in Directory.EnumerateFiles(folder))
            {
                var name = Path.GetFileName(file);
                var ending = s_endings.FirstOrDefault(e => name.EndsWith(e, StringComparison.Ordinal));
                if (ending is not null && !files.TryAdd(name[..^ending.Length], file))
                {
                    throw Unusable(
                        $"{file} and {files[name[..^ending.Length]]} record the same API. Keep one of them."
                    );
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"The replay folder {folder} cannot be read: {error.Message}", error);
        }

        return files.Count > 0
            ? files
            : throw Unusable(
                $"The replay folder {folder} holds no recording. Expected {{api}}.csv, .csv.gz, .json or .parquet there, "
                    + $"for example {Path.Combine(directory, "tushare", "daily.csv")}."
            );
    }

    private static TidemarkException Unusable(string message, Exception? inner = null) =>
        new(ErrorKind.Configuration, ReplayFaults.Code, message, inner);

    private ReplayTable Load(string api, string file)
    {
        try
        {
            return ReplayLoader.Load(_connection, api, file);
        }
        catch (DuckDbException error)
        {
            throw ReplayFaults.Of(file, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw Unusable($"The recording {file} cannot be read: {error.Message}", error);
        }
    }

    private List<DateOnly> ReadOpenDays()
    {
        if (!_tables.TryGetValue("trade_cal", out var table))
        {
            return [];
        }

        using var result = _connection.Query(
            $"SELECT DISTINCT cal_date FROM {table.SqlName} WHERE is_open = 1 ORDER BY cal_date"
        );
        return [.. result.Rows().Select(row => Day(row[0])).OfType<DateOnly>()];
    }

    private static DateOnly? Day(object? text) => TradeDate.TryParseCompact(text as string, out var day) ? day : null;
}
