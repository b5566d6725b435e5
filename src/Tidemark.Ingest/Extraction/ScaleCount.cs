using System.Globalization;
using System.Numerics;
using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Extraction;

/// <summary>
/// How many rows of a unit prove which scale of turnover over volume. A row proves one when turnover over volume, times
/// the scale, is a price of the row; scales differ by powers of ten, so that it can prove one alone.
/// </summary>
/// <param name="Scale">The declared scale.</param>
/// <param name="Traded">Rows that could prove one: with a volume, a turnover and prices near each other.</param>
/// <param name="Declared">Rows that prove the declared scale.</param>
/// <param name="Other">The other scale that most rows prove; 0 when none proves any.</param>
/// <param name="OtherRows">Rows that prove it.</param>
/// <param name="FirstOther">The day of the first of them; null when there is none, or rows have no day.</param>
public sealed record ScaleCount(
    double Scale,
    int Traded,
    int Declared,
    double Other,
    int OtherRows,
    DateOnly? FirstOther
)
{
    // Vendors round volumes and prices. Scales are farther apart, so that it mistakes none for another.
    private const double Tolerance = 0.01;

    // A row whose prices are farther apart might fit two scales.
    private const double SpreadMax = 5;

    /// <summary>The farthest scale that is looked for: ten thousand million times the declared one.</summary>
    private const int PowerMax = 10;

    private const char Separator = ',';

    private static readonly int s_epochDay = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>
    /// Whether the rows prove anything. Where most fit no scale, the prices are not those at which was traded (adjusted
    /// ones), and that some fit one is chance.
    /// </summary>
    public bool Proves => (Declared + OtherRows) * 2 > Traded;

    /// <summary>Whether rows prove another scale than the declared one.</summary>
    public bool IsOther => Proves && OtherRows > 0;

    /// <summary>Counts the rows of a unit; null where no row could prove anything.</summary>
    internal static ScaleCount? Of(DatasetDefinition dataset, ColumnBatch rows) =>
        dataset.UnitProof is { } proof
            ? Of(proof, rows, dataset.DateColumn is { } day ? rows[day] as ValueColumn<int> : null)
            : null;

    /// <summary>As it stands in the log: <c>10,5393,4548,1000,845,2026-01-27</c>.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Scale:G6},{Traded},{Declared},{Other:G6},{OtherRows},{FirstOther?.ToIso()}"
        );

    /// <summary>Reads what <see cref="ToString"/> writes; null for anything else.</summary>
    public static ScaleCount? TryParse(string? text) =>
        text?.Split(Separator) is [var scale, var traded, var declared, var other, var rows, var first]
        && TryNumber(scale, out var scaleNumber)
        && TryCount(traded, out var tradedRows)
        && TryCount(declared, out var declaredRows)
        && TryNumber(other, out var otherNumber)
        && TryCount(rows, out var otherRows)
            ? new ScaleCount(
                scaleNumber,
                tradedRows,
                declaredRows,
                otherNumber,
                otherRows,
                TradeDate.TryParseIso(first, out var day) ? day : null
            )
            : null;

    // Reads each column once; allocates nothing that depends on the rows.
    private static ScaleCount? Of(UnitProof proof, ColumnBatch rows, ValueColumn<int>? days)
    {
        var volume = new ColumnNumbers(rows[proof.Volume]);
        var amount = new ColumnNumbers(rows[proof.Amount]);
        var low = new ColumnNumbers(rows[proof.Low]);
        var high = new ColumnNumbers(rows[proof.High]);
        Span<int> others = stackalloc int[(2 * PowerMax) + 1];
        Span<int> firsts = stackalloc int[others.Length];
        others.Clear();
        var (traded, declared) = (0, 0);
        var isWide = volume.IsWide && amount.IsWide && low.IsWide && high.IsWide;
        for (var row = 0; row < rows.RowCount; row++)
        {
            while (
                isWide
                && row + Vector<double>.Count <= rows.RowCount
                && AllProve(proof.Scale, amount.From(row), volume.From(row), low.From(row), high.From(row))
            )
            {
                row += Vector<double>.Count;
                traded += Vector<double>.Count;
                declared += Vector<double>.Count;
            }

            if (row == rows.RowCount)
            {
                break;
            }

            // An absent value is 0 here, and proves nothing either.
            var (bottom, top) = (low[row] * (1 - Tolerance), high[row] * (1 + Tolerance));
            var price = amount[row] * proof.Scale / volume[row];
            if (!(volume[row] > 0 && price > 0 && bottom > 0 && top >= bottom && top < bottom * SpreadMax))
            {
                continue;
            }

            traded++;
            if (price >= bottom && price <= top)
            {
                declared++;
                continue;
            }

            var power = (int)Math.Clamp(Math.Floor(Math.Log10(top / price)), -PowerMax, PowerMax);
            if (price * Math.Pow(10, power) >= bottom)
            {
                var at = power + PowerMax;
                firsts[at] = others[at] == 0 ? row : firsts[at];
                others[at]++;
            }
        }

        var most = 0;
        for (var i = 1; i < others.Length; i++)
        {
            most = others[i] > others[most] ? i : most;
        }

        return traded == 0 ? null
            : others[most] == 0 ? new ScaleCount(proof.Scale, traded, declared, 0, 0, null)
            : new ScaleCount(
                proof.Scale,
                traded,
                declared,
                proof.Scale * Math.Pow(10, most - PowerMax),
                others[most],
                DayOf(days, firsts[most])
            );
    }

    /// <summary>Whether several rows all prove the declared scale, as nearly all do.</summary>
    private static bool AllProve(
        double scale,
        Vector<double> amount,
        Vector<double> volume,
        Vector<double> low,
        Vector<double> high
    )
    {
        var price = amount * scale / volume;
        var (bottom, top) = (low * (1 - Tolerance), high * (1 + Tolerance));
        return Vector.GreaterThanAll(volume, Vector<double>.Zero)
            && Vector.GreaterThanAll(bottom, Vector<double>.Zero)
            && Vector.GreaterThanOrEqualAll(price, bottom)
            && Vector.LessThanOrEqualAll(price, top)
            && Vector.LessThanAll(top, bottom * SpreadMax);
    }

    private static DateOnly? DayOf(ValueColumn<int>? days, int row) =>
        days is null || days.IsNull(row) ? null : DateOnly.FromDayNumber(days.Values[row] + s_epochDay);

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static bool TryCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
}
