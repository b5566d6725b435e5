using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tidemark.Core;

namespace Tidemark.Simulator.Faults;

/// <summary>
/// Spoils a good answer in one precise way. Slow, because it parses the answer; a faulty answer may be slow.
/// </summary>
internal static class FaultBodies
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The page of a proxy in front of the vendor when the vendor cannot be reached.</summary>
    public static ReadOnlyMemory<byte> HtmlPage { get; } =
        "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"u8.ToArray();

    /// <summary>
    /// The spoilt answer; the same answer when the fault does not concern bodies or finds nothing to spoil.
    /// </summary>
    public static ReadOnlyMemory<byte> Apply(Fault fault, ReadOnlyMemory<byte> answer)
    {
        if (
            fault.Kind
            is not (
                FaultKind.Duplicate
                or FaultKind.Empty
                or FaultKind.RenameColumn
                or FaultKind.DropColumn
                or FaultKind.TextNumber
                or FaultKind.WrongDate
            )
        )
        {
            return answer;
        }

        var root = JsonNode.Parse(answer.Span)!;
        if (root["data"] is not JsonObject data)
        {
            return answer;
        }

        Spoil(fault, data, data["fields"]!.AsArray(), data["items"]!.AsArray());
        return JsonSerializer.SerializeToUtf8Bytes(root, s_options);
    }

    private static void Spoil(Fault fault, JsonObject data, JsonArray fields, JsonArray items)
    {
        var first = items.Count > 0 ? items[0]!.AsArray() : null;
        var column = Position(fields, fault.Column);
        switch (fault.Kind)
        {
            case FaultKind.Empty:
                items.Clear();
                if (data.ContainsKey("has_more"))
                {
                    data["has_more"] = false;
                }

                break;
            case FaultKind.Duplicate when first is not null:
                items.Insert(1, first.DeepClone());
                break;
            case FaultKind.RenameColumn when column >= 0:
                fields[column] = fault.Text;
                break;
            case FaultKind.DropColumn when column >= 0:
                fields.RemoveAt(column);
                foreach (var row in items)
                {
                    row!.AsArray().RemoveAt(column);
                }

                break;
            case FaultKind.TextNumber when column >= 0 && first is not null:
                first[column] = fault.Text;
                break;
            case FaultKind.WrongDate when first is not null:
                ShiftDay(fields, first);
                break;
        }
    }

    private static void ShiftDay(JsonArray fields, JsonArray row)
    {
        foreach (var name in new[] { "trade_date", "cal_date", "date" })
        {
            var column = Position(fields, name);
            if (column >= 0 && TradeDate.TryParseCompact(row[column]?.ToString(), out var day))
            {
                row[column] = day.AddDays(1).ToString(TradeDate.CompactFormat, CultureInfo.InvariantCulture);
                return;
            }
        }
    }

    private static int Position(JsonArray fields, string name)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i]!.ToString() == name)
            {
                return i;
            }
        }

        return -1;
    }
}
