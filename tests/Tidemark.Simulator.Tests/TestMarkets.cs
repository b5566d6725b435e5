using System.Buffers;
using System.Text;
using System.Text.Json;
using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Definitions.Calendars;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;
using Tidemark.Testing;

namespace Tidemark.Simulator.Tests;

/// <summary>Small calendars, markets and answers for the tests here.</summary>
internal static class TestMarkets
{
    /// <summary>
    /// Ten years of weekdays with the first week of October and New Year closed, and one Saturday open.
    /// </summary>
    public static TradingCalendar Calendar { get; } = ParseCalendar("2016-01-01", "2026-12-31");

    public static SyntheticMarket Small(int seed = 1, int stocks = 60, string today = "2026-06-30") =>
        new(
            new SyntheticMarketOptions
            {
                Calendar = Calendar,
                LastDay = TradeDate.ParseIso(today),
                Seed = seed,
                Stocks = stocks,
                Etfs = 30,
                Indices = 20,
            }
        );

    public static TradingCalendar ParseCalendar(string first, string last)
    {
        var text = new StringBuilder();
        text.Append($"# timezone: Asia/Shanghai\n# first: {first}\n# last: {last}\ndate,open,early_close\n");
        var end = TradeDate.ParseIso(last);
        for (var day = TradeDate.ParseIso(first); day <= end; day = day.AddDays(1))
        {
            if (day is { Month: 10, Day: <= 7 } or { Month: 1, Day: 1 })
            {
                text.Append($"{day.ToIso()},0,\n");
            }
            else if (day == new DateOnly(2022, 1, 29))
            {
                text.Append($"{day.ToIso()},1,\n");
            }
        }

        return CalendarFile.Parse("XSHG", text.ToString(), "XSHG.csv");
    }

    /// <summary>One answer as a table.</summary>
    public static Table Ask(ITushareSource source, string api, string parameters = "", string fields = "")
    {
        var output = new ArrayBufferWriter<byte>();
        TushareAnswer.Write(source, api, Parameters(parameters), fields, output);
        return Table.Parse(output.WrittenMemory);
    }

    /// <summary><c>ts_code=000001.SZ&amp;limit=5</c> as params.</summary>
    public static Dictionary<string, string> Parameters(string text) =>
        text.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>../shared/data beside the repository; null when this machine does not have it.</summary>
    public static string? SharedData() => SourceTree.Shared();
}

/// <summary>A decoded answer: columns by name.</summary>
internal sealed record Table(int Code, string? Message, string[] Fields, JsonElement[][] Rows, bool? HasMore)
{
    public static Table Parse(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement.Clone();
        var data = root.GetProperty("data");
        var message = root.GetProperty("msg").GetString();
        var code = root.GetProperty("code").GetInt32();
        if (data.ValueKind == JsonValueKind.Null)
        {
            return new Table(code, message, [], [], null);
        }

        return new Table(
            code,
            message,
            [.. data.GetProperty("fields").EnumerateArray().Select(f => f.GetString()!)],
            [.. data.GetProperty("items").EnumerateArray().Select(row => row.EnumerateArray().ToArray())],
            data.TryGetProperty("has_more", out var more) ? more.GetBoolean() : null
        );
    }

    public string Text(int row, string column) => this[row, column].GetString()!;

    public double Number(int row, string column) => this[row, column].GetDouble();

    /// <summary>The exact decimal that was sent.</summary>
    public decimal Exact(int row, string column) => this[row, column].GetDecimal();

    public IEnumerable<string> Column(string column) =>
        Rows.Select(row => row[Array.IndexOf(Fields, column)].ToString());

    public JsonElement this[int row, string column] => Rows[row][Array.IndexOf(Fields, column)];
}
