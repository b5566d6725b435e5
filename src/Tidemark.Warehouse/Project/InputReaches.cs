using Tidemark.Core;
using Tidemark.Definitions.Warehouse;
using Tidemark.Definitions.Yaml;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Project;

/// <summary>
/// What a table reads, and how far. Unless the header says otherwise, a table that is read only through
/// <c>layer.table_dt('${PARTITION_DATE}')</c> has reach <c>day</c>, and any other table <c>everything</c>. In <c>mode:
/// range</c> the header must give the reach of every input that has days, because the SQL does not show it.
/// </summary>
/// <param name="table">The table, with its inputs.</param>
/// <param name="withDays">The tables that have days.</param>
/// <param name="withValidity">The tables without days whose rows say from when to when they are valid.</param>
/// <param name="calendars">The exchanges that have a calendar; null when they are not known.</param>
/// <param name="problems">Where faults are noted.</param>
internal sealed class InputReaches(
    ParsedTable table,
    IReadOnlySet<TableId> withDays,
    IReadOnlySet<TableId> withValidity,
    IReadOnlySet<string>? calendars,
    YamlProblems problems
)
{
    private readonly SqlHeader _header = table.File.Header;

    /// <summary>The inputs, by name.</summary>
    public IReadOnlyList<TableInput> Read()
    {
        var declared = new Dictionary<TableId, Reach>();
        foreach (var (name, (text, line)) in _header.Reaches)
        {
            var input = table.Inputs.Keys.FirstOrDefault(i => i.ToString() == name);
            if (Fault(input, name, text) is { } fault)
            {
                problems.Add(new YamlOrigin(table.File.Path, line), fault);
            }
            else
            {
                declared[input!] = Parse(text)!;
            }
        }

        if (declared.Count == _header.Reaches.Count)
        {
            CheckCalendar(declared.Values);
        }

        CheckRange();
        return
        [
            .. table
                .Inputs.OrderBy(i => i.Key)
                .Select(i => new TableInput(
                    i.Key,
                    declared.GetValueOrDefault(i.Key, i.Value ? Reach.Day : Reach.Everything),
                    i.Value
                )),
        ];
    }

    private bool IsOld => _header.OldLine is not null;

    private string Word => IsOld ? "a window" : "a reach";

    private string? Fault(TableId? input, string name, string text)
    {
        if (input is null)
        {
            var names = table.Inputs.Keys.Select(i => i.ToString()).ToArray();
            return $"{Word} of '{name}', which the query does not read{NearestName.Hint(name, names)}";
        }

        if (Parse(text) is not { } reach)
        {
            return IsOld
                ? $"the window of {name} is '{text}', expected calendar days from 1 to {Reach.DaysMax}"
                : $"the reach of {name} is '{text}', expected {Reach.Forms}";
        }

        if (reach.IsLimited && (!_header.HasDays || !withDays.Contains(input)))
        {
            return $"{Word} of {name}: both tables must be partitioned by dt or month";
        }

        if (reach == Reach.Valid && (!_header.HasDays || !withValidity.Contains(input)))
        {
            return $"{Word} of {name} is 'valid': the table must be partitioned by dt or month, and {name} have no days and the columns {Reach.ValidFrom} and {Reach.ValidTo} (DATE)";
        }

        return table.Inputs[input] && reach != Reach.Day
            ? $"{Word} of {name}, which is read through its macro alone, a day at a time"
            : null;
    }

    private Reach? Parse(string text) =>
        !IsOld ? Reach.Parse(text)
        : Reach.Count(text) is { } days ? new Reach(ReachKind.CalendarDays, days)
        : null;

    private void CheckCalendar(IEnumerable<Reach> reaches)
    {
        var counts = reaches.Any(r => r.Kind == ReachKind.TradingDays);
        if (_header.Calendar is not { } calendar)
        {
            if (counts)
            {
                Problem(1, "a reach counts trading days: say whose, for example 'calendar: XSHG'");
            }
        }
        else if (!counts)
        {
            Problem(calendar.Line, "'calendar' is there for reaches in trading days, and there is none");
        }
        else if (calendars is not null && !calendars.Contains(calendar.Text))
        {
            Problem(
                calendar.Line,
                $"'calendar' is '{calendar.Text}', which has none{NearestName.Hint(calendar.Text, [.. calendars])}"
            );
        }
    }

    private void CheckRange()
    {
        if (!_header.IsByRange)
        {
            return;
        }

        foreach (var input in table.Inputs.Keys.Where(i => withDays.Contains(i)).Order())
        {
            if (!_header.Reaches.ContainsKey(input.ToString()))
            {
                Problem(1, $"'reach' does not say how far a day looks into {input}: {Reach.Forms}");
            }
        }
    }

    private void Problem(int line, string text) => problems.Add(new YamlOrigin(table.File.Path, line), text);
}
