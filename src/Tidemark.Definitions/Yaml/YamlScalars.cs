using System.Globalization;

namespace Tidemark.Definitions.Yaml;

/// <summary>
/// How settings are spelled: times <c>16:30</c>, durations <c>2h</c>, days <c>2022-06-01</c>, words in snake case.
/// </summary>
public static class YamlScalars
{
    public static bool TryInt(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    public static bool TryDouble(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    public static bool TryBool(string text, out bool value)
    {
        value = text == "true";
        return text is "true" or "false";
    }

    /// <summary><c>HH:mm</c>, 24 hours.</summary>
    public static bool TryTime(string text, out TimeOnly value) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out value);

    /// <summary>Whole numbers with d, h, m or s, largest first: <c>7d</c>, <c>1h30m</c>, <c>0s</c>.</summary>
    public static bool TryDuration(string text, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        var units = "dhms";
        var total = TimeSpan.Zero;
        var position = 0;
        while (position < text.Length)
        {
            var start = position;
            while (position < text.Length && char.IsAsciiDigit(text[position]))
            {
                position++;
            }

            // Six digits keep every unit far from the end of TimeSpan.
            if (position == start || position - start > 6 || position == text.Length)
            {
                return false;
            }

            var unit = units.IndexOf(text[position], StringComparison.Ordinal);
            if (unit < 0)
            {
                return false;
            }

            var count = int.Parse(text.AsSpan(start, position - start), CultureInfo.InvariantCulture);
            total += units[unit] switch
            {
                'd' => TimeSpan.FromDays(count),
                'h' => TimeSpan.FromHours(count),
                'm' => TimeSpan.FromMinutes(count),
                _ => TimeSpan.FromSeconds(count),
            };
            units = units[(unit + 1)..];
            position++;
        }

        value = total;
        return text.Length > 0;
    }

    /// <summary>The members of an enum as users write them: <c>TradingDay</c> is <c>trading_day</c>.</summary>
    public static IReadOnlyDictionary<string, T> Words<T>()
        where T : struct, Enum
    {
        var words = new Dictionary<string, T>();
        foreach (var value in Enum.GetValues<T>())
        {
            words[SnakeCase(value.ToString())] = value;
        }

        return words;
    }

    /// <summary>A member of an enum as users write it.</summary>
    public static string WordOf<T>(T value)
        where T : struct, Enum => SnakeCase(value.ToString());

    private static string SnakeCase(string name)
    {
        var text = new System.Text.StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]))
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
