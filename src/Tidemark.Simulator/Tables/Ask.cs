using Tidemark.Core;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Tables;

/// <summary>What one request asks of a table: days, codes and other filters, read once.</summary>
internal sealed class Ask
{
    private readonly Dictionary<string, HashSet<string>?> _lists = [];
    private readonly (int Column, HashSet<string> Values)[] _filters;
    private readonly int _dateColumn = -1;
    private readonly string? _from;
    private readonly string? _until;

    /// <param name="request">The request.</param>
    /// <param name="api">Its API.</param>
    /// <param name="today">The market's today; nothing later exists.</param>
    public Ask(TushareRequest request, TushareApi api, DateOnly today)
    {
        Request = request;
        Today = today;
        _filters =
        [
            .. api
                .Filters.Where(f => request.Parameters.ContainsKey(f.Parameter))
                .Select(f => (Column(api, f.Column), List(f.Parameter)!)),
        ];
        (First, Last) = (DateOnly.MinValue, today);
        if (api.DateColumn is not { } date)
        {
            return;
        }

        _dateColumn = Column(api, date);
        var isNamed = api.Filters.Any(f => f.Column == date && request.Parameters.ContainsKey(f.Parameter));
        if (this[date] is { } exact && !isNamed)
        {
            (_from, _until) = (exact, exact); // a single day overrides a range
        }
        else if (!isNamed)
        {
            (_from, _until) = (this[api.Range.From], this[api.Range.Until]);
        }

        if (date is not ("month" or "quarter" or "week"))
        {
            First = Day(_from) ?? First;
            Last = Day(_until) is { } last && last < today ? last : today;
        }
    }

    public TushareRequest Request { get; }

    public DateOnly Today { get; }

    /// <summary>The first day of the range.</summary>
    public DateOnly First { get; }

    /// <summary>The last day of the range; not after <see cref="Today"/>.</summary>
    public DateOnly Last { get; }

    public string? this[string parameter] => Request.Parameters.GetValueOrDefault(parameter);

    /// <summary>The values of a comma list; null when the parameter is absent.</summary>
    public HashSet<string>? List(string parameter)
    {
        if (!_lists.TryGetValue(parameter, out var list))
        {
            list = this[parameter] is { } text ? [.. text.Split(',', StringSplitOptions.TrimEntries)] : null;
            _lists.Add(parameter, list);
        }

        return list;
    }

    /// <summary>Whether a parameter is absent or names a value.</summary>
    public bool Wants(string parameter, string value) => List(parameter)?.Contains(value) != false;

    /// <summary>Whether a parameter is absent or names a day.</summary>
    public bool Wants(string parameter, DateOnly? day) =>
        List(parameter) is not { } list || (day is { } value && list.Contains(value.ToCompact()));

    /// <summary>Whether a row is one that was asked for.</summary>
    public bool Fits(ReadOnlySpan<Cell> row)
    {
        foreach (var (column, values) in _filters)
        {
            if (row[column].AsParameter() is not { } value || !values.Contains(value))
            {
                return false;
            }
        }

        if (_from is null && _until is null)
        {
            return true;
        }

        // Days, months and quarters compare as texts.
        return row[_dateColumn].AsParameter() is { } at
            && (_from is null || string.CompareOrdinal(at, _from) >= 0)
            && (_until is null || string.CompareOrdinal(at, _until) <= 0);
    }

    private static int Column(TushareApi api, string name)
    {
        for (var i = 0; i < api.Columns.Count; i++)
        {
            if (api.Columns[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>A day as the vendor writes it; minutes may follow.</summary>
    private static DateOnly? Day(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return TradeDate.TryParseCompact(text, out var day)
            ? day
            : throw TushareAnswer.Refusal(TushareError.OddParameters);
    }
}
