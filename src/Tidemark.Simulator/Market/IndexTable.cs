using Tidemark.Simulator.Tables;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Market;

/// <summary><c>index_basic</c>: the indices published by today.</summary>
internal sealed class IndexTable(IndexListing[] indices) : ListTable<IndexListing>("index_basic")
{
    protected override IEnumerable<IndexListing> Rows(TushareRequest request, DateOnly today)
    {
        var codes = List(request, "ts_code");
        var names = List(request, "name");
        var markets = List(request, "market");
        var publishers = List(request, "publisher");
        var categories = List(request, "category");
        return indices.Where(index =>
            index.Instrument.ListDate <= today
            && (codes is null || codes.Contains(index.Instrument.Code))
            && (names is null || names.Contains(index.Name))
            && (markets is null || markets.Contains(index.Market))
            && (publishers is null || publishers.Contains(index.Publisher))
            && (categories is null || categories.Contains(index.Category))
        );
    }

    protected override void Write(JsonRowWriter writer, IndexListing row, string column, DateOnly today)
    {
        switch (column)
        {
            case "ts_code":
                writer.Plain(row.Instrument.CodeUtf8);
                break;
            case "base_date":
                writer.Day(row.Instrument.ListDate.AddDays(-365));
                break;
            case "list_date":
                writer.Day(row.Instrument.ListDate);
                break;
            case "base_point":
                writer.Decimal(1000, 0);
                break;
            default:
                writer.Text(
                    column switch
                    {
                        "name" => row.Name,
                        "fullname" => $"{row.Name}指数",
                        "market" => row.Market,
                        "publisher" => row.Publisher,
                        "category" => row.Category,
                        "index_type" => "规模指数",
                        "weight_rule" => "自由流通市值加权",
                        "desc" => $"{row.Name}反映相关证券的整体表现。",
                        _ => null,
                    }
                );
                break;
        }
    }
}
