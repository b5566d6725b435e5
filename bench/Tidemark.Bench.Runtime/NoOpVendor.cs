using Tidemark.Core.Columns;
using Tidemark.Vendors;

namespace Tidemark.Bench.Runtime;

/// <summary>
/// A vendor that costs nothing: each answer is there at once. <c>list</c> has the symbols, <c>bars</c> a row for each
/// symbol and day, <c>nothing</c> no rows.
/// </summary>
internal sealed class NoOpVendor(int symbols) : IDatasetVendor
{
    public const string VendorName = "bench";

    public string Name => VendorName;

    public bool HasStoredToken => false;

    public IReadOnlyList<VendorKey> Keys { get; } = [new("pages", "1")];

    public object ReadOptions(IVendorSection section) => new Options(section.Int("pages", min: 1, max: 1));

    public Task<IVendorClient> ConnectAsync(VendorContext context, CancellationToken cancellationToken) =>
        Task.FromResult<IVendorClient>(new Client(symbols));

    private sealed record Options(int Pages);

    private sealed class Client(int symbols) : IVendorClient
    {
        private static readonly int s_epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

        private readonly byte[][] _symbols =
        [
            .. Enumerable.Range(0, symbols).Select(i => System.Text.Encoding.UTF8.GetBytes($"{i:D6}.SH")),
        ];

        public string Vendor => VendorName;

        public string Address => "nowhere";

        public string Fingerprint => "0be0c0";

        public bool CostsCalls => false;

        public Task<VendorAnswer> FetchAsync(
            VendorRequest request,
            ColumnBatch into,
            IPayloadSink payloads,
            CancellationToken cancellationToken
        )
        {
            if (request.Api == "nothing")
            {
                return Task.FromResult(new VendorAnswer(0, 1, 0));
            }

            var codes = (TextColumn)into["symbol"];
            foreach (var symbol in _symbols)
            {
                codes.Append(symbol);
            }

            if (request.Api == "bars")
            {
                var day = DateOnly.ParseExact(request.Parameters["day"], "yyyyMMdd").DayNumber - s_epoch;
                var (days, closes) = ((ValueColumn<int>)into["day"], (ValueColumn<double>)into["close"]);
                for (var i = 0; i < symbols; i++)
                {
                    days.Append(day);
                    closes.Append(10);
                }
            }

            return Task.FromResult(new VendorAnswer(symbols, 1, 0));
        }

        public Task<ProbeResult> ProbeAsync(VendorRequest request, CancellationToken cancellationToken) =>
            Task.FromResult(new ProbeResult(Allowed: true, 0, null));
    }
}
