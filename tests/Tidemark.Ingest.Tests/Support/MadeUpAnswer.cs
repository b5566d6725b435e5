using System.Globalization;
using System.Text.Json.Nodes;
using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Ingest.Axes;
using Tidemark.Ingest.Extraction;
using Tidemark.Ingest.Planning;
using Tidemark.Testing.Stores;
using Tidemark.Vendors;
using Tidemark.Vendors.AkShare;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Ingest.Tests.Support;

/// <summary>
/// A sound answer about one unit of a shipped dataset, made of its declaration alone, which a test then spoils; and the
/// way of an answer through decoder, extraction and checks.
/// </summary>
internal sealed class MadeUpAnswer
{
    private const string Symbol = "600000.SH";

    private static readonly DateOnly s_day = new(2026, 9, 29); // after every column has begun
    private static readonly ISampleVendor[] s_vendors = [new TushareVendor(), new AkShareVendor()];

    public MadeUpAnswer(DatasetDefinition dataset)
    {
        Dataset = dataset;
        var period = dataset.Grain is UnitGrain.TradingDay or UnitGrain.Snapshot
            ? UnitPeriod.OfDay(s_day)
            : UnitPeriod.Containing(dataset.Per, s_day);
        var part =
            dataset.Part?.Symbols is not null ? Symbol
            : dataset.Part?.Values is [var first, ..] ? first
            : null;
        Unit = new UnitId(dataset.Id, period, part);
        Fields = [.. dataset.Columns.Where(c => !c.IsPart).Select(c => c.Field).Distinct(StringComparer.Ordinal)];
        for (var row = 0; row < (HasManyRows ? 3 : 1); row++)
        {
            var number = row;
            Rows.Add(Fields.ToDictionary(field => field, field => Value(field, number), StringComparer.Ordinal));
        }
    }

    public DatasetDefinition Dataset { get; set; }

    public UnitId Unit { get; }

    /// <summary>The vendor's names, in the order of the declaration.</summary>
    public List<string> Fields { get; }

    /// <summary>Values by field. The first row is always there.</summary>
    public List<Dictionary<string, JsonNode?>> Rows { get; } = [];

    /// <summary>The columns of a field: one, or a moment and its day.</summary>
    public IEnumerable<ColumnDefinition> ColumnsOf(string field) => Dataset.Columns.Where(c => c.Field == field);

    /// <summary>Whether rows can differ in their key, so that a unit has several.</summary>
    private bool HasManyRows =>
        Dataset.Key.Count == 0 || Dataset.Key.Any(name => !IsFixed(Dataset.Columns.First(c => c.Name == name)));

    /// <summary>What becomes of it: the batch before it is committed, and its remarks.</summary>
    public async Task<(NormalizedRows Rows, UnitRemarks Remarks, ColumnBatch Sent)> PassAsync()
    {
        var planned = new PlannedUnit(Dataset, Unit, EvidenceAt: default);
        var batch = new ColumnBatch(Dataset.ColumnsUntil(Unit.LastDay));
        var client = new OneAnswer(s_vendors.Single(v => v.Name == Dataset.Vendor), Body());
        var extractor = new UnitExtractor(
            new Dictionary<string, IVendorClient> { [Dataset.Id] = client },
            new InMemoryObjectStore(TimeProvider.System),
            keepRaw: false,
            resumes: false,
            TimeProvider.System
        );
        await extractor.ExtractAsync(planned, batch, CancellationToken.None);
        var rows = RowChecks.Normalize(Dataset, Unit, batch, planned.Through);
        return (rows, UnitRemarks.Of(Dataset, Unit, rows.Rows, batch.Drift, planned.Through), batch);
    }

    private byte[] Body()
    {
        JsonNode body =
            Dataset.Vendor == "tushare"
                ? new JsonObject
                {
                    ["code"] = 0,
                    ["msg"] = "",
                    ["data"] = new JsonObject
                    {
                        ["fields"] = new JsonArray([.. Fields.Select(f => (JsonNode)f)]),
                        ["items"] = new JsonArray([
                            .. Rows.Select(r => new JsonArray([.. Fields.Select(f => r[f]?.DeepClone())])),
                        ]),
                        ["has_more"] = false,
                    },
                }
                : new JsonArray([
                    .. Rows.Select(r => new JsonObject(Fields.Select(f => KeyValuePair.Create(f, r[f]?.DeepClone())))),
                ]);
        return System.Text.Encoding.UTF8.GetBytes(body.ToJsonString());
    }

    // The same in every row of the unit.
    private bool IsFixed(ColumnDefinition column) =>
        column.IsPart
        || column.Name == Dataset.PeriodColumn
        || column.Name == Dataset.Part?.Column
        || (column.Name == Dataset.DateColumn && Unit.Day.AddDays(2) > Unit.LastDay)
        || column.Kind == ColumnKind.Boolean;

    private JsonNode? Value(string field, int row)
    {
        // A moment decides over its day.
        var column = ColumnsOf(field).OrderByDescending(c => c.Kind == ColumnKind.Timestamp).First();
        if (column.Name == Dataset.PeriodColumn)
        {
            return RequestTemplate.PeriodText(Unit.Period);
        }

        if (column.Name == Dataset.Part?.Column)
        {
            return Unit.Part;
        }

        var day = IsFixed(column) || !Dataset.Key.Contains(column.Name) ? Unit.Day : Unit.Day.AddDays(row);
        return column.Kind switch
        {
            ColumnKind.Text => string.Create(CultureInfo.InvariantCulture, $"text {row}"),
            ColumnKind.Date => day.ToCompact(),
            ColumnKind.Timestamp => string.Create(CultureInfo.InvariantCulture, $"{Unit.Day.ToIso()} 10:0{row}:00"),
            ColumnKind.Long => 2 + row,
            ColumnKind.Double => 1.5 + row,
            _ => true,
        };
    }

    /// <summary>A vendor that answers the first call, and has nothing more.</summary>
    private sealed class OneAnswer(ISampleVendor vendor, byte[] body) : IVendorClient
    {
        private bool _isOver;

        public string Vendor => vendor.Name;

        public string Address => "made up";

        public string Fingerprint => "0";

        public Task<VendorAnswer> FetchAsync(
            VendorRequest request,
            ColumnBatch into,
            IPayloadSink payloads,
            CancellationToken cancellationToken
        )
        {
            var before = into.RowCount;
            if (!_isOver)
            {
                _isOver = true;
                vendor.Decode(request.Api, body, into);
            }

            return Task.FromResult(new VendorAnswer(into.RowCount - before, Pages: 1, body.Length));
        }

        public Task<ProbeResult> ProbeAsync(VendorRequest request, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
