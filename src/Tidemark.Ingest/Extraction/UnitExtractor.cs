using System.Text;
using Tidemark.Core.Columns;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Axes;
using Tidemark.Ingest.Planning;
using Tidemark.Lake.Storage;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Extraction;

/// <summary>What the vendor answered for a unit.</summary>
/// <param name="Rows">Rows that go on.</param>
/// <param name="Bytes">Size of the answers, unpacked.</param>
/// <param name="Drops">Rows that do not, and why.</param>
public sealed record UnitAnswer(int Rows, long Bytes, DropCounts Drops)
{
    /// <summary>Rows that came.</summary>
    public long Received => Rows + Drops.Total;

    /// <summary>By what a watched vendor knows again what it has read; null of others.</summary>
    public string? Fingerprint { get; init; }
}

/// <summary>Fetches a unit: the requests that its axis names, all rows into one batch.</summary>
/// <param name="vendors">The clients, by dataset.</param>
/// <param name="store">The lake's store.</param>
/// <param name="keepRaw">Whether answers are kept as received.</param>
/// <param name="resumes">
/// Whether a fetch that did not end goes on where it did; not where units are to be as the vendor has them now.
/// </param>
/// <param name="clock">Tells how old kept pages are.</param>
public sealed class UnitExtractor(
    IReadOnlyDictionary<string, IVendorClient> vendors,
    IObjectStore store,
    bool keepRaw,
    bool resumes,
    TimeProvider clock
)
{
    private static readonly int s_epochDay = new DateOnly(1970, 1, 1).DayNumber;

    private readonly NoPayloads _noPayloads = new();

    /// <summary>
    /// Appends the unit's rows to <paramref name="into"/>. After an error its content must not be used.
    /// </summary>
    public async Task<UnitAnswer> ExtractAsync(PlannedUnit unit, ColumnBatch into, CancellationToken cancellationToken)
    {
        VendorRequest[] requests = [.. UnitAxis.Of(unit.Dataset).Requests(unit.Id, unit.Through)];
        var raw = keepRaw ? new RawPayloads(store, unit.Dataset, unit.Id, requests.Length, resumes, clock) : null;
        IPayloadSink payloads = raw is null ? _noPayloads : raw;
        var total = new UnitAnswer(0, 0, default);
        var (given, sent) = (GivenColumns(unit), WithoutGiven(unit, into));
        foreach (var request in requests)
        {
            var rowsBefore = sent.RowCount;
            var client = vendors[unit.Dataset.Id];
            VendorAnswer answer;
            var strays = 0;
            if (unit.Dataset.SendsAllDays)
            {
                var all = sent.Beside();
                answer = await client.FetchAsync(request, all, payloads, cancellationToken);
                strays = AppendDays(unit, all, sent);
            }
            else
            {
                answer = await client.FetchAsync(request, sent, payloads, cancellationToken);
            }

            var rows = sent.RowCount - rowsBefore;
            Fill(into, given, unit.Id.Part ?? "", rows);
            var drops = total.Drops + new DropCounts(OtherDay: strays, Repeated: 0);
            total = new UnitAnswer(total.Rows + rows, total.Bytes + answer.Bytes, drops)
            {
                Fingerprint = SourceFingerprint.Join(total.Fingerprint, answer.Fingerprint),
            };
        }

        await (raw?.DoneAsync(cancellationToken) ?? Task.CompletedTask);
        return total;
    }

    /// <summary>The columns that the vendor does not send: those that say the part.</summary>
    private static string[] GivenColumns(PlannedUnit unit) =>
        [.. unit.Dataset.Columns.Where(column => column.IsPart).Select(column => column.Name)];

    private static ColumnBatch WithoutGiven(PlannedUnit unit, ColumnBatch into) =>
        GivenColumns(unit) is { Length: > 0 } given ? into.Without(given) : into;

    /// <summary>Appends the part so often.</summary>
    private static void Fill(ColumnBatch into, string[] given, string part, int rows)
    {
        if (given.Length == 0)
        {
            return;
        }

        var text = Encoding.UTF8.GetBytes(part);
        foreach (var name in given)
        {
            var column = (TextColumn)into[name];
            for (var row = 0; row < rows; row++)
            {
                column.Append(text);
            }
        }
    }

    /// <summary>Appends the rows of the unit's days, and those without a day, which are a fault to be told.</summary>
    /// <returns>How many rows are of other days.</returns>
    private static int AppendDays(PlannedUnit unit, ColumnBatch all, ColumnBatch into)
    {
        var strays = 0;
        var days = (ValueColumn<int>)all[unit.Dataset.DateColumn!];
        var (first, last) = (unit.Id.Day.DayNumber - s_epochDay, unit.Through.DayNumber - s_epochDay);
        for (var row = 0; row < all.RowCount; row++)
        {
            if (!days.IsNull(row) && (days.Values[row] < first || days.Values[row] > last))
            {
                strays++;
                continue;
            }

            for (var i = 0; i < all.Columns.Count; i++)
            {
                into.Columns[i].AppendFrom(all.Columns[i], row);
            }
        }

        return strays;
    }
}
