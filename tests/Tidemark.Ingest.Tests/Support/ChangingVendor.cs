using System.Globalization;
using System.Text.Json.Nodes;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Ingest.Tests.Support;

/// <summary>
/// A vendor that changes its mind: thin and empty days, values that are not there, lists that change, halts that are
/// announced.
/// </summary>
internal sealed class ChangingVendor
{
    private readonly Random _random;

    private static readonly string[] s_series = ["daily", "adj_factor", "daily_basic", "fund_daily", "index_daily"];
    private static readonly string[] s_daily = [.. s_series, "suspend_d"];

    /// <summary>Of ten rows so many come, by api.</summary>
    private readonly Dictionary<string, int> _kept = [];

    /// <summary>Days without any row: <c>daily 20240611</c>.</summary>
    private readonly HashSet<string> _empty = [];

    /// <summary>Apis of which every fifth row has no value.</summary>
    private readonly HashSet<string> _valueless = [];

    private readonly Dictionary<string, string> _renumbered = [];
    private readonly Dictionary<string, string> _delisted = [];
    private readonly Dictionary<string, string?> _listed = [];
    private readonly HashSet<string> _unlisted = [];

    /// <summary>Announced as halted on every day; of some the vendor has bars all the same.</summary>
    private readonly HashSet<string> _announced = [];
    private readonly HashSet<string> _halted = [];

    /// <summary>Halted for half an hour of every day.</summary>
    private readonly HashSet<string> _paused = [];

    /// <summary>Rows that are late: <c>daily 600000.SH</c>.</summary>
    private readonly HashSet<string> _late = [];

    /// <summary>
    /// A market in which somebody is halted, came, went, or has no day of listing yet; of those who are announced as
    /// halted and trade, and of those who are halted for minutes, rows are late. A day of something is empty, and
    /// something has nulls.
    /// </summary>
    public ChangingVendor(Random random)
    {
        _random = random;
        for (var i = 0; i < 3; i++)
        {
            _halted.Add(Code("stock_basic"));
            _announced.Add(Code("stock_basic"));
            _paused.Add(Code("stock_basic"));
            _delisted[Code("stock_basic")] = Day();
            _listed[Code("stock_basic")] = Day();
        }

        _listed[Code("stock_basic")] = null;
        _listed[Code("fund_basic")] = null;
        _listed[Code("index_basic")] = Day();
        _late.UnionWith(_announced.Select(code => $"daily_basic {code}"));
        _late.UnionWith(_paused.SelectMany(code => new[] { $"daily {code}", $"daily_basic {code}" }));
        _announced.UnionWith(_halted);
        _empty.Add($"{s_series[random.Next(s_series.Length)]} {Day()}");
        _valueless.Add(s_series[random.Next(s_series.Length)]);
    }

    /// <summary>A stock has another code from now on, in the past too.</summary>
    public string Renumber()
    {
        var code = Code("stock_basic");
        _renumbered.TryAdd(
            code,
            string.Create(CultureInfo.InvariantCulture, $"9{_random.Next(10000, 99999)}{code[6..]}")
        );
        return $"{code} is now {_renumbered[code]}";
    }

    public string Change()
    {
        var api = s_daily[_random.Next(s_daily.Length)];
        var code = Code("stock_basic");
        switch (_random.Next(8))
        {
            case 0 or 1:
                _kept[api] = _random.Next(2, 10);
                return $"the vendor gives {_kept[api]} of 10 rows of {api}";
            case 2:
                var day = Day();
                _empty.Add($"{api} {day}");
                return $"the vendor has nothing of {api} {day}";
            case 3:
                var series = s_series[_random.Next(s_series.Length)];
                _valueless.Add(series);
                return $"{series} comes with nulls";
            case 4:
                return Renumber();
            case 5:
                var gone = Day();
                _delisted[code] = gone;
                return $"{code} is delisted on {gone}";
            case 6:
                var list = new[] { "stock_basic", "fund_basic", "index_basic" }[_random.Next(3)];
                code = Code(list);
                _unlisted.Add(code);
                return $"{list} no longer has {code}";
            default:
                _announced.Add(code);
                return $"{code} is announced as halted, and trades";
        }
    }

    /// <summary>Everything comes as it should. What lists say stays: that is how the market is.</summary>
    public string Heal()
    {
        _kept.Clear();
        _empty.Clear();
        _valueless.Clear();
        _unlisted.Clear();
        _late.Clear();
        return "the vendor heals";
    }

    public void Rewrite(TushareRequest request, JsonArray rows)
    {
        var api = request.Api.Name;
        int Position(string name) => request.Columns.ToList().FindIndex(c => request.Api.Columns[c].Name == name);

        var code = Position("ts_code");
        if (api == "suspend_d" && request.Limit > 1)
        {
            Announce(request, rows, Position);
        }

        for (var i = rows.Count - 1; i >= 0; i--)
        {
            var row = rows[i]!.AsArray();
            var symbol = code < 0 ? "" : row[code]!.GetValue<string>();
            if (
                i % 10 >= _kept.GetValueOrDefault(api, 10)
                || (api is "daily" or "daily_basic" && _halted.Contains(symbol))
                || _late.Contains($"{api} {symbol}")
                || _empty.Contains($"{api} {WatchedMarket.Day(request)}")
                || (
                    api.EndsWith("_basic", StringComparison.Ordinal)
                    && api != "daily_basic"
                    && _unlisted.Contains(symbol)
                )
            )
            {
                rows.RemoveAt(i);
                continue;
            }

            if (i % 5 == 0 && _valueless.Contains(api))
            {
                var value = Position(
                    api switch
                    {
                        "adj_factor" => "adj_factor",
                        "daily_basic" => "total_mv",
                        _ => "close",
                    }
                );
                row[value] = null;
            }

            if (api == "stock_basic" && _delisted.TryGetValue(symbol, out var day))
            {
                row[Position("delist_date")] = day;
            }

            if (IsList(api) && _listed.TryGetValue(symbol, out var first))
            {
                row[Position("list_date")] = first;
            }

            if (_renumbered.TryGetValue(symbol, out var later))
            {
                row[code] = later;
            }
        }
    }

    private void Announce(TushareRequest request, JsonArray rows, Func<string, int> position)
    {
        foreach (var symbol in _announced.Union(_paused))
        {
            var row = new JsonArray([.. request.Columns.Select(_ => (JsonNode?)null)]);
            row[position("ts_code")] = symbol;
            row[position("trade_date")] = WatchedMarket.Day(request);
            row[position("suspend_type")] = "S";
            row[position("suspend_timing")] = _announced.Contains(symbol) ? null : "09:30-10:00";
            if (!rows.Any(r => r![position("ts_code")]!.GetValue<string>() == symbol))
            {
                rows.Add(row);
            }
        }
    }

    private static bool IsList(string api) => api is "stock_basic" or "fund_basic" or "index_basic";

    private string Day() =>
        IngestRig.Days[_random.Next(IngestRig.Days.Length)].Replace("-", "", StringComparison.Ordinal);

    private string Code(string list)
    {
        var codes = WatchedMarket.Codes(list);
        return codes[_random.Next(codes.Count)];
    }
}
