using System.Globalization;
using System.Text;

namespace Tidemark.DuckDb;

/// <summary>Values that .NET has no type for, written as DuckDB writes them.</summary>
internal static class DuckDbTexts
{
    /// <summary>A UUID, which DuckDB keeps with its highest bit flipped so that it sorts as a signed number.</summary>
    public static string Uuid(Int128 value)
    {
        var digits = ((UInt128)value ^ (UInt128.One << 127)).ToString("x32", CultureInfo.InvariantCulture);
        return $"{digits[..8]}-{digits[8..12]}-{digits[12..16]}-{digits[16..20]}-{digits[20..]}";
    }

    /// <summary>For example <c>1 year 2 months 3 days 04:05:06.5</c>.</summary>
    public static string Interval(int months, int days, long microseconds)
    {
        var text = new StringBuilder();
        Add(text, months / 12, "year");
        Add(text, months % 12, "month");
        Add(text, days, "day");
        if (microseconds != 0 || text.Length == 0)
        {
            var rest = UInt128.CreateChecked(Int128.Abs(microseconds));
            var seconds = (long)(rest / 1_000_000);
            var fraction = (long)(rest % 1_000_000);
            text.Append(text.Length > 0 ? " " : "").Append(microseconds < 0 ? "-" : "");
            text.Append(CultureInfo.InvariantCulture, $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}");
            if (fraction > 0)
            {
                text.Append('.').Append(fraction.ToString("000000", CultureInfo.InvariantCulture).TrimEnd('0'));
            }
        }

        return text.ToString();
    }

    private static void Add(StringBuilder text, int count, string unit)
    {
        if (count != 0)
        {
            text.Append(text.Length > 0 ? " " : "")
                .Append(CultureInfo.InvariantCulture, $"{count} {unit}{(count is 1 or -1 ? "" : "s")}");
        }
    }
}
