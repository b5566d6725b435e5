using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Tests.Simulation;

/// <summary>
/// The vendor of a seeded market as one process asks it: answers take their time, and by the seed, the moment and the
/// question they fail, are refused for being too many, for the token, or because nobody answers all day.
/// </summary>
internal sealed class SeededVendor(
    SeededMarket market,
    int seed,
    WorkerLife life,
    TimeProvider clock,
    ServedAnswers served
) : IVendorClient, IVendorDirectory
{
    private static readonly DateOnly s_epoch = new(1970, 1, 1);
    private readonly Chance _chance = new(seed);

    public string Vendor => "tushare";

    public string Address => "simulated";

    public string Fingerprint => "51";

    public async Task<IVendorClient> ConnectAsync(string vendor, CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        life.Live("connect");
        return _chance.Is(0.015, $"no token {Today}") && !IsHealed
            ? throw new TidemarkException(ErrorKind.Unauthorized, "TOKEN_MISSING", "no token today")
            : this;
    }

    public async Task<ProbeResult> ProbeAsync(VendorRequest request, CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        life.Live("probe"); // no point: probes go beside each other
        return FaultOf(request, "probe") is { } fault
            ? new ProbeResult(false, 0, fault)
            : new ProbeResult(true, 1, null);
    }

    public async Task<VendorAnswer> FetchAsync(
        VendorRequest request,
        ColumnBatch into,
        IPayloadSink payloads,
        CancellationToken cancellationToken
    )
    {
        var what = $"{request.Api} {string.Join(' ', request.Parameters.Values)}";
        await life.PassAsync(PointKind.Vendor, $"asking {what}");
        var now = clock.GetUtcNow();
        await Task.Delay(TimeTaken($"{what} {now.Ticks}"), clock, cancellationToken);
        await life.PassAsync(PointKind.Vendor, $"answered {what}");
        if (FaultOf(request, what) is { } fault)
        {
            throw fault;
        }

        var before = into.RowCount;
        var rows = request.Api switch
        {
            "stock_basic" => WriteList(request.Parameters["list_status"], into),
            "daily" => WriteDays(request, into, WriteBar),
            "suspend_d" => WriteDays(request, into, WriteHalt),
            _ => throw new InvalidOperationException($"nobody simulates {request.Api}"),
        };
        served.Note(request, string.Join(' ', rows));
        return new VendorAnswer(into.RowCount - before, 1, 100);
    }

    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).DateTime);

    private bool IsHealed => clock.GetUtcNow() >= market.HealsAt;

    private TimeSpan TimeTaken(string what) =>
        IsHealed ? TimeSpan.FromMilliseconds(200)
        : _chance.Is(0.01, $"very slow {what}") ? TimeSpan.FromSeconds(30 + _chance.Below(300, what))
        : _chance.Is(0.1, $"slow {what}") ? TimeSpan.FromSeconds(_chance.Below(20, what))
        : TimeSpan.FromMilliseconds(100 + _chance.Below(900, what));

    private VendorException? FaultOf(VendorRequest request, string what)
    {
        var at = $"{what} {clock.GetUtcNow().Ticks}";
        return IsHealed ? null
            : _chance.Is(0.02, $"outage {Today}")
                ? Fault(ErrorKind.Transient, VendorErrorCodes.Unreachable, isOutage: true)
            : _chance.Is(0.02, $"bad token {Today}") ? Fault(ErrorKind.Unauthorized, VendorErrorCodes.Unauthorized)
            : _chance.Is(0.01, $"forbidden {request.Api} {Today}")
                ? Fault(ErrorKind.Permission, VendorErrorCodes.Forbidden)
            : _chance.Is(0.03, $"error {at}") ? Fault(ErrorKind.Transient, VendorErrorCodes.HttpStatus)
            : _chance.Is(0.01, $"too many {at}") ? Fault(ErrorKind.RateLimit, VendorErrorCodes.RateLimited)
            : _chance.Is(0.01, $"garbled {at}") ? Fault(ErrorKind.Schema, VendorErrorCodes.RowShape)
            : null;

        VendorException Fault(ErrorKind kind, string code, bool isOutage = false) =>
            new(Vendor, request.Api, kind, code, $"simulated {code}")
            {
                IsOutage = isOutage,
                RetryAfter = kind == ErrorKind.RateLimit ? TimeSpan.FromMinutes(1) : null,
            };
    }

    private List<string> WriteDays(
        VendorRequest request,
        ColumnBatch into,
        Action<SeededStock, DateOnly, ColumnBatch> write
    )
    {
        var isBar = request.Api == "daily";
        var asked = request.Parameters;
        var code = asked.GetValueOrDefault("ts_code");
        var from = Day(asked.GetValueOrDefault("start_date") ?? asked["trade_date"]);
        var to = Day(asked.GetValueOrDefault("end_date") ?? asked["trade_date"]);
        var written = new List<string>();
        foreach (var stock in market.Stocks.Where(s => code is null || s.Code == code))
        {
            for (var day = from; day <= to; day = day.AddDays(1))
            {
                if (
                    (isBar ? market.HasBar(stock, day) : market.IsHalted(stock.Code, day))
                    && clock.GetUtcNow() >= market.ShownFrom(request.Api, stock.Code, day)
                )
                {
                    write(stock, day, into);
                    written.Add($"{stock.Code}/{day:yyyyMMdd}");
                }
            }
        }

        return written;
    }

    private static void WriteBar(SeededStock stock, DateOnly day, ColumnBatch into)
    {
        var price = 10 + (((day.DayNumber * 7) + stock.Code[4]) % 13);
        Write(
            into,
            name =>
                name switch
                {
                    "ts_code" => stock.Code,
                    "trade_date" => day,
                    "high" => price + 1.0,
                    "low" => price - 1.0,
                    "open" or "close" or "pre_close" => (double)price,
                    "change" or "pct_chg" => 0.0,
                    "vol" => 1000.0,
                    "amount" => price * 100.0,
                    _ => null,
                }
        );
    }

    private static void WriteHalt(SeededStock stock, DateOnly day, ColumnBatch into) =>
        Write(
            into,
            name =>
                name switch
                {
                    "ts_code" => stock.Code,
                    "trade_date" => day,
                    "suspend_type" => "S",
                    _ => null,
                }
        );

    private List<string> WriteList(string status, ColumnBatch into)
    {
        var written = new List<string>();
        foreach (var stock in market.Stocks.Where(s => s.Listed <= Today && StatusOf(s) == status))
        {
            Write(
                into,
                name =>
                    name switch
                    {
                        "ts_code" => stock.Code,
                        "symbol" => stock.Code[..6],
                        "name" or "fullname" or "enname" => "S" + stock.Code[..6],
                        "area" or "industry" => "x",
                        "market" => "main",
                        "exchange" => "SSE",
                        "list_status" => status,
                        "list_date" => stock.Listed,
                        "delist_date" => status == "D" ? stock.Delisted : null,
                        _ => null,
                    }
            );
            written.Add(stock.Code);
        }

        return written;
    }

    private string StatusOf(SeededStock stock) => stock.Delisted <= Today ? "D" : "L";

    private static void Write(ColumnBatch into, Func<string, object?> value)
    {
        for (var i = 0; i < into.Columns.Count; i++)
        {
            switch (into.Columns[i], value(into.Definitions[i].Name))
            {
                case (var column, null):
                    column.AppendNull();
                    break;
                case (TextColumn text, string word):
                    text.Append(Encoding.UTF8.GetBytes(word));
                    break;
                case (ValueColumn<int> days, DateOnly day):
                    days.Append(day.DayNumber - s_epoch.DayNumber);
                    break;
                case (ValueColumn<double> numbers, double number):
                    numbers.Append(number);
                    break;
                default:
                    throw new InvalidOperationException($"no value for {into.Definitions[i].Name}");
            }
        }
    }

    private static DateOnly Day(string compact) =>
        DateOnly.ParseExact(compact, TradeDate.CompactFormat, CultureInfo.InvariantCulture);
}

/// <summary>What the vendor answered so far, by question. Thread-safe.</summary>
internal sealed class ServedAnswers
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> _answers = new();

    public int Calls { get; private set; }

    public void Note(VendorRequest request, string rows)
    {
        Calls++;
        var asked = $"{request.Api} {request.Parameters.GetValueOrDefault("trade_date")}";
        _answers.GetOrAdd(asked, _ => new()).TryAdd(rows, true);
    }

    /// <summary>How many different answers a day's question had.</summary>
    public int Different(string api, DateOnly day) =>
        _answers
            .GetValueOrDefault($"{api} {day.ToString(TradeDate.CompactFormat, CultureInfo.InvariantCulture)}")
            ?.Count
        ?? 0;
}
