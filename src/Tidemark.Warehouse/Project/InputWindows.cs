using System.Globalization;
using Tidemark.Core.Yaml;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Project;

/// <summary>
/// What a table reads, with the windows that its header declares: <c>-- window ods.ods_daily_basic: 60</c> lets a plain reference see the 60 calendar days that
/// end with the partition's. So a value can be carried forward, and a new day makes no more than those after it out of date.
/// </summary>
internal static class InputWindows
{
    private const int DaysMax = 3660;

    /// <param name="table">With its inputs.</param>
    /// <param name="withDays">The tables that have days.</param>
    /// <param name="problems">Where faults are noted.</param>
    public static IReadOnlyList<TableInput> Read(
        ParsedTable table,
        IReadOnlySet<TableId> withDays,
        YamlProblems problems
    )
    {
        var header = table.File.Header;
        var windows = new Dictionary<TableId, int>();
        foreach (var (name, (text, line)) in header.Windows)
        {
            var origin = new YamlOrigin(table.File.Path, line);
            var input = table.Inputs.Keys.FirstOrDefault(i => i.ToString() == name);
            if (input == default)
            {
                var names = table.Inputs.Keys.Select(i => i.ToString()).ToArray();
                problems.Add(
                    origin,
                    $"a window of '{name}', which the query does not read{NearestName.Hint(name, names)}"
                );
            }
            else if (table.Inputs[input])
            {
                problems.Add(origin, $"a window of {name}, which is read through its macro alone, a day at a time");
            }
            else if (!header.HasDays || !withDays.Contains(input))
            {
                problems.Add(origin, $"a window of {name}: both tables must be partitioned by dt or month");
            }
            else if (
                !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days)
                || days is < 1 or > DaysMax
            )
            {
                problems.Add(origin, $"the window of {name} is '{text}', expected calendar days from 1 to {DaysMax}");
            }
            else
            {
                windows[input] = days;
            }
        }

        return
        [
            .. table
                .Inputs.OrderBy(i => i.Key)
                .Select(i => new TableInput(i.Key, i.Value, windows.TryGetValue(i.Key, out var w) ? w : null)),
        ];
    }
}
