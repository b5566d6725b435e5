using System.Globalization;
using System.Text;
using Tidemark.Completeness.Evaluation;
using Tidemark.Control.Completeness;
using Tidemark.Core.Completeness;
using Tidemark.Core.Datasets;

namespace Tidemark.Completeness.Results;

/// <summary>
/// The rows of <c>completeness_status_v2</c>: an entity's state on the latest day, with
/// <list type="bullet">
/// <item>
/// <c>coverage_ratio</c> = complete / applicable days of the look-back, to 4 digits; null when none is applicable;
/// </item>
/// <item><c>detail_json</c> = <c>{"reason", "ratio", "required":[{"datasetId","present","version"}]}</c>: the reason,
/// the required datasets that have the entity on the latest day (and their share), and the lake versions that were
/// read.</item>
/// </list>
/// </summary>
internal static class StatusRows
{
    public static IEnumerable<EntityStatus> Of(CheckResult result, int lookbackDays)
    {
        if (result.Days.Count == 0)
        {
            yield break;
        }

        var check = result.Check;
        var module = check.Required[0].Module;
        var details = new Dictionary<int, string>();
        for (var entity = 0; entity < result.Entities.Count; entity++)
        {
            var cell = result.Latest(entity);
            var present = PresentMask(result, entity);
            var key = (cell.Code << 16) | present;
            if (!details.TryGetValue(key, out var detail))
            {
                details[key] = detail = Detail(result, cell, present);
            }

            yield return new EntityStatus(
                check.Id,
                check.EntityType,
                result.Entities[entity],
                check.Bucket.Name(),
                check.Bucket.Name(),
                module,
                check.Bucket.Name(),
                cell.Status,
                Coverage(result, entity, lookbackDays),
                detail
            );
        }
    }

    public static IEnumerable<DayCount> DayCounts(CheckResult result) =>
        result
            .DayCells()
            .Select(c => new DayCount(
                result.Check.Id,
                result.Check.Bucket.Name(),
                c.Day,
                c.Cell.Status,
                c.Cell.Reason,
                c.Entities
            ));

    public static IEnumerable<DayRange> DayRanges(CheckResult result) =>
        Enumerable.Range(0, result.Entities.Count).SelectMany(entity => DayRanges(result, entity));

    public static List<DayRange> DayRanges(CheckResult result, int entity)
    {
        var ranges = new List<DayRange>(2);
        foreach (var range in result.RangesOf(entity))
        {
            ranges.Add(
                new DayRange(
                    result.Check.Id,
                    result.Entities[entity],
                    result.Days[range.First],
                    result.Days[range.Last],
                    range.Cell.Status,
                    range.Cell.Reason,
                    range.Days
                )
            );
        }

        return ranges;
    }

    internal static double? Coverage(CheckResult result, int entity, int lookbackDays)
    {
        var first = Math.Max(0, result.Days.Count - lookbackDays);
        var complete = 0;
        var applicable = 0;
        foreach (var range in result.RangesOf(entity))
        {
            var days = range.Last - Math.Max(range.First, first) + 1;
            if (days <= 0 || range.Cell.Status == CellStatus.NotApplicable)
            {
                continue;
            }

            applicable += days;
            complete += range.Cell.Status == CellStatus.Complete ? days : 0;
        }

        return applicable == 0 ? null : Rounded(complete, applicable);
    }

    private static double Rounded(int part, int whole) =>
        Math.Round((double)part / whole, 4, MidpointRounding.AwayFromZero);

    private static int PresentMask(CheckResult result, int entity)
    {
        var mask = 0;
        for (var i = 0; i < result.Check.Required.Count && i < 16; i++)
        {
            mask |= result.IsPresentLatest(entity, i) ? 1 << i : 0;
        }

        return mask;
    }

    private static string Detail(CheckResult result, Cell cell, int present)
    {
        var required = result.Check.Required;
        var json = new StringBuilder("{");
        if (cell.Reason != CellReason.None)
        {
            json.Append(CultureInfo.InvariantCulture, $"\"reason\":\"{cell.Reason.Name()}\",");
        }

        if (cell.Status != CellStatus.NotApplicable)
        {
            var ratio = Rounded(System.Numerics.BitOperations.PopCount((uint)present), required.Count);
            json.Append(CultureInfo.InvariantCulture, $"\"ratio\":{ratio},");
        }

        json.Append("\"required\":[");
        for (var i = 0; i < required.Count; i++)
        {
            var version = result.Versions.TryGetValue(required[i].Id, out var v)
                ? v.ToString(CultureInfo.InvariantCulture)
                : "null";
            var there = (present & (1 << i)) != 0 ? "true" : "false";
            json.Append(i > 0 ? "," : "");
            json.Append(
                CultureInfo.InvariantCulture,
                $"{{\"datasetId\":\"{required[i].Id}\",\"present\":{there},\"version\":{version}}}"
            );
        }

        return json.Append("]}").ToString();
    }
}
