using System.Globalization;
using System.IO.Compression;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;

namespace Tidemark.Simulator.Options;

/// <summary>One row of a recorded chain: a contract and its quote.</summary>
internal sealed record RecordedQuote(
    ListedContract Contract,
    DateTimeOffset At,
    ContractQuote Quote,
    long? OpenInterest
);

/// <summary>
/// Reads chains as ib_insync's tickers are commonly flattened: one row per contract and moment, Greeks prefixed by
/// <c>bid_</c>, <c>ask_</c>, <c>last_</c> and <c>model_</c>. Missing columns and empty fields are unknown values;
/// unknown columns are ignored.
/// </summary>
internal static class RecordedChainReader
{
    private static readonly string[] s_required =
    [
        "conId",
        "symbol",
        "lastTradeDateOrContractMonth",
        "strike",
        "right",
    ];

    public static IEnumerable<RecordedQuote> Read(string file)
    {
        using var reader = Open(file);
        var line =
            reader.ReadLine() ?? throw Unreadable(file, 1, "it is empty; expected a header with conId, symbol, …");
        var number = 1;
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, index) in Split(line, file, number).Select((name, index) => (name, index)))
        {
            columns.TryAdd(name.Trim('\uFEFF', ' '), index);
        }

        var missing = s_required.Where(c => !columns.ContainsKey(c)).ToList();
        if (missing.Count > 0 || !(columns.ContainsKey("time") || columns.ContainsKey("timestamp")))
        {
            missing.Add("time");
            throw Unreadable(file, 1, $"the header lacks {string.Join(", ", missing)}");
        }

        while ((line = reader.ReadLine()) is not null)
        {
            number++;
            if (line.Length > 0)
            {
                yield return new Row(Split(line, file, number), columns, file, number).Quote();
            }
        }
    }

    private static StreamReader Open(string file)
    {
        var stream = DataFile.OpenRead(file);
        return new StreamReader(
            file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream
        );
    }

    private static List<string> Split(string line, string file, int number)
    {
        var fields = new List<string>();
        var at = 0;
        while (true)
        {
            if (at < line.Length && line[at] == '"')
            {
                var end = at + 1;
                while ((end = line.IndexOf('"', end)) >= 0 && end + 1 < line.Length && line[end + 1] == '"')
                {
                    end += 2;
                }

                if (end < 0)
                {
                    throw Unreadable(file, number, "a quotation mark is not closed");
                }

                fields.Add(line[(at + 1)..end].Replace("\"\"", "\"", StringComparison.Ordinal));
                at = end + 1;
            }
            else
            {
                var end = line.IndexOf(',', at);
                end = end < 0 ? line.Length : end;
                fields.Add(line[at..end]);
                at = end;
            }

            if (at >= line.Length)
            {
                return fields;
            }

            at++;
        }
    }

    private static TidemarkException Unreadable(string file, int line, string problem) =>
        new(ErrorKind.Configuration, "REPLAY_UNREADABLE", $"{file}:{line}: {problem}.");

    /// <summary>One line, with its fields by name.</summary>
    private readonly struct Row(List<string> fields, Dictionary<string, int> columns, string file, int line)
    {
        public RecordedQuote Quote()
        {
            if (fields.Count > columns.Count)
            {
                throw Unreadable(file, line, $"{fields.Count} fields, but the header has {columns.Count}");
            }

            var contract = Contract();
            var at = Time();
            var (bid, bidSize) = Side("bid", "bidSize");
            var (ask, askSize) = Side("ask", "askSize");
            var last = Price("last");
            var (close, volume) = (Price("close"), Count("volume"));
            var halted = Number("halted") is 1 or 2;
            var quote = new ContractQuote(
                halted ? TradingState.Halted : TradingState.Open,
                bid,
                bidSize,
                ask,
                askSize,
                last,
                Count("lastSize"),
                null,
                Price("open"),
                Price("high"),
                Price("low"),
                close,
                volume,
                Computation("bid_"),
                Computation("ask_"),
                Computation("last_"),
                Computation("model_", Price("undPrice")),
                UnderlyingQuotes.Step(bid, bidSize, ask, askSize, last, close, volume)
            );
            return new RecordedQuote(contract, at, quote, OpenInterest(contract.Right));
        }

        private ListedContract Contract()
        {
            var conId = Number("conId");
            if (!(conId is > 0 and <= int.MaxValue))
            {
                throw Bad("conId", "a positive integer");
            }

            var symbol = Text("symbol");
            if (symbol.Length == 0)
            {
                throw Bad("symbol", "a symbol");
            }

            OptionRight right;
            switch (Text("right"))
            {
                case "C" or "CALL":
                    right = OptionRight.Call;
                    break;
                case "P" or "PUT":
                    right = OptionRight.Put;
                    break;
                case "" or "?" or "0":
                    return Instrument((int)conId, symbol, Text("secType") == "IND");
                default:
                    throw Bad("right", "C or P");
            }

            if (
                !DateOnly.TryParseExact(
                    Text("lastTradeDateOrContractMonth").Replace("-", "", StringComparison.Ordinal),
                    "yyyyMMdd",
                    out var lastTrade
                )
            )
            {
                throw Bad("lastTradeDateOrContractMonth", "a day like 20251219");
            }

            var strike = Number("strike");
            if (!(strike > 0))
            {
                throw Bad("strike", "a positive number");
            }

            var minTick = Number("minTick");
            var multiplier = Number("multiplier");
            var exchange = Text("exchange");
            var localSymbol = Text("localSymbol");
            return new ListedContract(
                (int)conId,
                ContractKind.Option,
                symbol,
                lastTrade,
                Expiration(localSymbol) ?? lastTrade,
                strike,
                right,
                multiplier > 0 ? (int)multiplier : 100,
                localSymbol,
                Text("tradingClass") is { Length: > 0 } tradingClass ? tradingClass : symbol,
                "",
                exchange is "" or "SMART" ? UnderlyingFactory.OptionExchanges : ["SMART", exchange],
                Text("currency") is { Length: > 0 } currency ? currency : "USD",
                0,
                symbol,
                "",
                "",
                minTick > 0 ? minTick : 0.01
            );
        }

        /// <summary>A stock or index for which at most a price is recorded.</summary>
        private static ListedContract Instrument(int conId, string symbol, bool isIndex) =>
            ReplayedOptionMarket.Instrument(conId, symbol, isIndex);

        /// <summary>The day in an option's 21 characters: the day of settlement.</summary>
        private static DateOnly? Expiration(string localSymbol) =>
            localSymbol.Length == 21 && DateOnly.TryParseExact(localSymbol.AsSpan(6, 6), "yyMMdd", out var day)
                ? day
                : null;

        /// <summary>
        /// <c>time</c> is the ticker's moment; <c>timestamp</c> is when the row was written. Without an offset, both
        /// are UTC.
        /// </summary>
        private DateTimeOffset Time()
        {
            var text = Text("time") is { Length: > 0 } time ? time : Text("timestamp");
            return DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var moment
            )
                ? moment
                : throw Bad("time", "a moment like 2025-03-26 19:55:08+00:00");
        }

        /// <summary>−1, or no price with size 0, means that there is no quote.</summary>
        private (double Price, long Size) Side(string price, string size)
        {
            var value = Price(price);
            var count = Count(size);
            return value <= 0 ? (double.NaN, 0)
                : double.IsNaN(value) ? (double.NaN, count)
                : (value, count);
        }

        private long? OpenInterest(OptionRight right)
        {
            var value = Number("openInterest");
            if (double.IsNaN(value))
            {
                value = Number(right == OptionRight.Call ? "callOpenInterest" : "putOpenInterest");
            }

            return value >= 0 ? (long)value : null;
        }

        private OptionComputation Computation(string prefix, double underlying = double.NaN)
        {
            var price = Price(prefix + "undPrice");
            return new OptionComputation(
                Price(prefix + "impliedVol"),
                Greek(prefix + "delta"),
                Price(prefix + "optPrice"),
                Price(prefix + "pvDividend"),
                Greek(prefix + "gamma"),
                Greek(prefix + "vega"),
                Greek(prefix + "theta"),
                double.IsNaN(price) ? underlying : price
            );
        }

        /// <summary>IB sends −2 for a Greek and −1 for a price that is not computed.</summary>
        private double Greek(string column) => Number(column) is var value && value == -2 ? double.NaN : value;

        private double Price(string column) => Number(column) is var value && value == -1 ? double.NaN : value;

        private long Count(string column) => Number(column) is var value && value >= 0 ? (long)value : -1;

        private double Number(string column)
        {
            var text = Text(column);
            if (text.Length == 0)
            {
                return double.NaN;
            }

            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            {
                throw Bad(column, "a number");
            }

            // Clients write an unset double like this.
            return Math.Abs(value) >= 1e300 ? double.NaN : value;
        }

        private string Text(string column) =>
            columns.TryGetValue(column, out var index) && index < fields.Count ? fields[index].Trim() : "";

        private TidemarkException Bad(string column, string expected) =>
            Unreadable(file, line, $"{column} is '{Text(column)}', expected {expected}");
    }
}
