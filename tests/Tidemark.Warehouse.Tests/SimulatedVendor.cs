using System.Buffers;
using System.Text;
using System.Text.Json;
using Tidemark.Core.Calendars;
using Tidemark.Core.Columns;
using Tidemark.Definitions.Calendars;
using Tidemark.Definitions.Datasets;
using Tidemark.DuckDb;
using Tidemark.Lake.Tables;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;
using Tidemark.Testing;

namespace Tidemark.Warehouse.Tests;

/// <summary>A row as the simulated vendor sends it, by the vendor's names.</summary>
internal sealed record VendorRow(IReadOnlyDictionary<string, JsonElement> Cells)
{
    public string Text(string field) => Cells[field].GetString()!;

    public double? Number(string field) =>
        Cells[field].ValueKind == JsonValueKind.Null ? null : Cells[field].GetDouble();

    public DateOnly? Day(string field) =>
        Cells[field].ValueKind == JsonValueKind.Null
            ? null
            : DateOnly.ParseExact(Cells[field].GetString()!, "yyyyMMdd");
}

/// <summary>
/// A small simulated market that is brought into a lake without a server, and whose rows a test can read by itself.
/// </summary>
internal sealed class SimulatedVendor
{
    private static readonly DatasetRegistry s_datasets = DatasetRegistry.Load(
        Path.Combine(Workshop.Repository, "definitions", "datasets"),
        SourceTree.Calendars
    );

    private readonly SyntheticMarket _market;
    private readonly DateOnly _last;

    public SimulatedVendor(DateOnly last, int stocks)
    {
        _last = last;
        var calendar = Path.Combine(Workshop.Repository, "definitions", "calendars", "XSHG.csv");
        Calendar = CalendarFile.Parse("XSHG", File.ReadAllText(calendar), calendar);
        _market = new SyntheticMarket(
            new SyntheticMarketOptions
            {
                Calendar = Calendar,
                LastDay = last,
                Seed = 7,
                Stocks = stocks,
                Etfs = 20,
                Indices = 20,
            }
        );
    }

    public TradingCalendar Calendar { get; }

    /// <summary>All rows of some calls of a dataset's api.</summary>
    /// <param name="dataset">The dataset, without its vendor.</param>
    /// <param name="calls">The parameters of each call, beside those of the dataset.</param>
    public IReadOnlyList<VendorRow> Rows(string dataset, IEnumerable<(string Name, string Value)[]> calls)
    {
        var definition = s_datasets.All.Single(d => d.Id == $"tushare.{dataset}");
        var api = _market.Find(definition.Api)!;
        string[] fields = [.. definition.Columns.Select(c => c.Field).Distinct()];
        int[] columns = [.. fields.Select(f => api.Columns.Select(c => c.Name).ToList().IndexOf(f))];
        var rows = new List<VendorRow>();
        foreach (var call in calls)
        {
            var parameters = new Dictionary<string, string>(api.Defaults);
            foreach (var (name, value) in call)
            {
                parameters[name] = value;
            }

            var buffer = new ArrayBufferWriter<byte>();
            _market.WriteRows(new TushareRequest(api, parameters, columns, 0, int.MaxValue), buffer, default);
            using var answer = JsonDocument.Parse($"[{Encoding.UTF8.GetString(buffer.WrittenSpan)}]");
            rows.AddRange(
                answer
                    .RootElement.Clone()
                    .EnumerateArray()
                    .Select(row => new VendorRow(
                        fields.Zip(row.EnumerateArray()).ToDictionary(c => c.First, c => c.Second)
                    ))
            );
        }

        return rows;
    }

    /// <summary>Brings the days of a dataset into the lake; returns what was brought.</summary>
    public Task<IReadOnlyList<VendorRow>> BringDaysAsync(Workshop shop, string dataset, IEnumerable<DateOnly> days) =>
        BringDaysAsync(shop, dataset, days.Select(d => new[] { ("trade_date", d.ToString("yyyyMMdd", null)) }));

    /// <summary>The same for an api that is asked otherwise.</summary>
    public async Task<IReadOnlyList<VendorRow>> BringDaysAsync(
        Workshop shop,
        string dataset,
        IEnumerable<(string Name, string Value)[]> calls
    )
    {
        var rows = Rows(dataset, calls);
        await InFileAsync(rows, json => shop.LoadDaysAsync(Table(dataset), Select(dataset, json)));
        return rows;
    }

    /// <summary>Brings a list, as the vendor has it on the market's last day.</summary>
    public async Task<IReadOnlyList<VendorRow>> BringListAsync(
        Workshop shop,
        string dataset,
        params (string Name, string Value)[][] calls
    )
    {
        var rows = Rows(
            dataset,
            calls.Length == 0
                ?
                [
                    [],
                ]
                : calls
        );
        await InFileAsync(rows, json => shop.FillAsync(Table(dataset), _last, Select(dataset, json)));
        return rows;
    }

    private static TableDefinition Table(string dataset) =>
        TableDefinition.Of(s_datasets.All.Single(d => d.Id == $"tushare.{dataset}"));

    private static async Task InFileAsync(IReadOnlyList<VendorRow> rows, Func<string, Task> read)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(path, rows.Select(r => JsonSerializer.Serialize(r.Cells)));
            await read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Select(string dataset, string path)
    {
        var columns = s_datasets
            .All.Single(d => d.Id == $"tushare.{dataset}")
            .Columns.Select(c => $"{Value(c)} AS {DuckDbSql.Identifier(c.Name)}");
        return $"SELECT {string.Join(", ", columns)} FROM read_json({DuckDbSql.Literal(path)}, format = 'newline_delimited', records = false, columns = {{ 'json': 'JSON' }})";
    }

    private static string Value(ColumnDefinition column)
    {
        var text = $"(json->>{DuckDbSql.Literal(column.Field)})";
        return column.Kind switch
        {
            ColumnKind.Date => $"strptime({text}, '%Y%m%d')::DATE",
            ColumnKind.Double => $"{text}::DOUBLE",
            ColumnKind.Long => $"{text}::DOUBLE::BIGINT",
            _ => text,
        };
    }
}
