using System.Buffers;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Tables;

/// <summary>One API over the synthetic market.</summary>
internal abstract class MarketTable(string api)
{
    public TushareApi Api { get; } = TushareApis.All[api];

    /// <param name="today">The market's last day; nothing later exists.</param>
    public abstract bool WriteRows(
        TushareRequest request,
        DateOnly today,
        IBufferWriter<byte> output,
        CancellationToken cancellationToken
    );

    /// <summary>Writes the page that was asked for. Returns whether there are more rows.</summary>
    /// <param name="rows">All that match the request, in the order of the answer.</param>
    /// <param name="write">Writes the column at a position of a row.</param>
    protected static bool WritePage<T>(
        TushareRequest request,
        IBufferWriter<byte> output,
        IEnumerable<T> rows,
        Action<JsonRowWriter, T, int> write,
        CancellationToken cancellationToken
    )
    {
        using var writer = new JsonRowWriter(output, request.NumbersAsText);
        var skip = request.Offset;
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (skip > 0)
            {
                skip--;
                continue;
            }

            if (writer.Rows == request.Limit)
            {
                return true;
            }

            writer.BeginRow();
            foreach (var column in request.Columns)
            {
                write(writer, row, column);
            }

            writer.EndRow();
        }

        return false;
    }

    /// <summary>The values of a comma list, or null when the parameter is absent.</summary>
    protected static HashSet<string>? List(TushareRequest request, string parameter) =>
        request.Parameters.TryGetValue(parameter, out var text)
            ? [.. text.Split(',', StringSplitOptions.TrimEntries)]
            : null;
}

/// <summary>A list that fits into a few answers: a request makes, filters and pages all of its rows.</summary>
internal abstract class ListTable<T>(string api) : MarketTable(api)
{
    public sealed override bool WriteRows(
        TushareRequest request,
        DateOnly today,
        IBufferWriter<byte> output,
        CancellationToken cancellationToken
    ) =>
        WritePage(
            request,
            output,
            Rows(request, today),
            (writer, row, column) => Write(writer, row, Api.Columns[column].Name, today),
            cancellationToken
        );

    /// <summary>The rows that match the request, in the order of the answer.</summary>
    protected abstract IEnumerable<T> Rows(TushareRequest request, DateOnly today);

    protected abstract void Write(JsonRowWriter writer, T row, string column, DateOnly today);
}
