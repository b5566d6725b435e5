using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.Core.Secrets;
using Tidemark.Vendors;

namespace Tidemark.Operations.Tests.Support;

/// <summary>What a workspace says of a vendor that only these tests have.</summary>
internal sealed record AcmeOptions(
    string Folder,
    int Decimals,
    bool IsStrict,
    TimeSpan Pause,
    Uri Url,
    SecretReference Password,
    IReadOnlyDictionary<string, string> Names
);

/// <summary>
/// A vendor from outside the product: prices from files, <c>{folder}/{day}.csv</c> with a symbol and a price a line.
/// </summary>
internal sealed class AcmeVendor : IDatasetVendor
{
    public string Name => "acme";

    public bool HasStoredToken => false;

    public IReadOnlyList<VendorKey> Keys { get; } =
    [
        new("folder", "./acme", "where the files are"),
        new("decimals", "2"),
        new("strict", "true"),
        new("pause", "0s"),
        new("url", "http://127.0.0.1:9"),
        new("password", "${ACME_PASSWORD}") { IsSecret = true },
        new("names", "plain", "by api name") { Entry = "default" },
        new("later", "no") { IsUnread = true },
    ];

    /// <summary>What the client was made with.</summary>
    public VendorContext? Context { get; private set; }

    /// <summary>Its password, as a client gets it.</summary>
    public string? Password { get; private set; }

    public object ReadOptions(IVendorSection section) =>
        new AcmeOptions(
            section.LocalPath("folder"),
            section.Int("decimals", min: 0, max: 8),
            section.Bool("strict"),
            section.Duration("pause"),
            section.Url("url"),
            section.Secret("password"),
            section.Entries("names")
        );

    public async Task<IVendorClient> ConnectAsync(VendorContext context, CancellationToken cancellationToken)
    {
        Context = context;
        var options = context.Options.Of<AcmeOptions>();
        Password = await context.TokenAsync(options.Password, cancellationToken);
        return new Client(options);
    }

    private sealed class Client(AcmeOptions options) : IVendorClient
    {
        public string Vendor => "acme";

        public string Address => options.Folder;

        public string Fingerprint => "0acme0";

        public async Task<VendorAnswer> FetchAsync(
            VendorRequest request,
            ColumnBatch into,
            IPayloadSink payloads,
            CancellationToken cancellationToken
        )
        {
            var file = Path.Combine(options.Folder, request.Parameters["day"] + ".csv");
            if (!File.Exists(file))
            {
                throw new VendorException(Vendor, request.Api, ErrorKind.Transient, VendorErrorCodes.Unreachable, file);
            }

            var body = await File.ReadAllBytesAsync(file, cancellationToken);
            var epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
            var day = DateOnly.ParseExact(request.Parameters["day"], "yyyyMMdd").DayNumber - epoch;
            var rows = 0;
            foreach (var line in System.Text.Encoding.UTF8.GetString(body).Split('\n'))
            {
                if (line.Split(',') is [var symbol, var price])
                {
                    ((TextColumn)into["symbol"]).Append(System.Text.Encoding.UTF8.GetBytes(symbol));
                    ((ValueColumn<int>)into["day"]).Append(day);
                    ((ValueColumn<double>)into["price"]).Append(
                        double.Parse(price, System.Globalization.CultureInfo.InvariantCulture)
                    );
                    rows++;
                }
            }

            await payloads.KeepAsync(body, cancellationToken);
            return new VendorAnswer(rows, 1, body.Length);
        }

        public Task<ProbeResult> ProbeAsync(VendorRequest request, CancellationToken cancellationToken) =>
            Task.FromResult(new ProbeResult(Allowed: true, 0, null));
    }
}
