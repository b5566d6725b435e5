using System.Globalization;
using System.Text;
using Spectre.Console;
using Tidemark.Operations.Query;

namespace Tidemark.Cli.Output;

/// <summary>
/// Writes a query's rows to stdout or into a file. A file is there as a whole or not at all, and so is a JSON document on stdout: a query may fail at its last row.
/// </summary>
internal sealed class QueryWriter(CommandContext context, QueryFormat format, string? file)
{
    private const int Buffer = 64 * 1024;
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public async Task WriteAsync(QueryOperation operation, QueryRequest request, CancellationToken stop)
    {
        if (file is null)
        {
            await WriteToStdoutAsync(operation, request, stop);
            return;
        }

        if (Path.GetDirectoryName(file) is { } folder && !Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{file}: there is no folder {folder}.");
        }

        // Not under its name before it is whole.
        var temporary = $"{file}.tmp-{Path.GetRandomFileName()}";
        try
        {
            var isCut =
                format == QueryFormat.Parquet
                    ? (await operation.WriteParquetAsync(request, temporary, stop)).MayBeCut
                    : await WriteTextAsync(operation, request, temporary, stop);
            File.Move(temporary, file, overwrite: true);
            context.Say($"Wrote {file}");
            SayWhenCut(isCut);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private async Task WriteToStdoutAsync(QueryOperation operation, QueryRequest request, CancellationToken stop)
    {
        if (format != QueryFormat.Json)
        {
            using var rows = await OpenAsync(operation, request, stop);
            Write(rows, context.World.Out, context.Terminal, context.LayoutWidth);
            SayWhenCut(format != QueryFormat.Table && rows.IsCut);
            return;
        }

        // Only its owner may read such a file.
        var temporary = Path.GetTempFileName();
        try
        {
            var isCut = await WriteTextAsync(operation, request, temporary, stop);
            using var reader = new StreamReader(temporary, s_utf8, detectEncodingFromByteOrderMarks: false);
            var chars = new char[Buffer];
            while (reader.Read(chars) is var count and > 0)
            {
                context.World.Out.Write(chars.AsSpan(0, count));
            }

            SayWhenCut(isCut);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private async Task<bool> WriteTextAsync(
        QueryOperation operation,
        QueryRequest request,
        string path,
        CancellationToken stop
    )
    {
        using var rows = await OpenAsync(operation, request, stop);
        await using var writer = new StreamWriter(path, append: false, s_utf8, Buffer);
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) }
        );
        console.Profile.Width = TableRows.Unlimited;
        Write(rows, writer, console, width: null);
        return rows.IsCut;
    }

    private Task<QueryRows> OpenAsync(QueryOperation operation, QueryRequest request, CancellationToken stop) =>
        format switch
        {
            QueryFormat.Csv => operation.OpenAsync(request, QueryForm.Text, stop),
            QueryFormat.Json => operation.OpenAsync(request, QueryForm.Nested, stop),
            _ => operation.OpenAsync(
                request with
                {
                    MaxRows = Math.Min(TableRows.Rows, request.MaxRows ?? long.MaxValue),
                },
                QueryForm.Preview,
                stop
            ),
        };

    private void Write(QueryRows rows, TextWriter writer, IAnsiConsole console, int? width)
    {
        switch (format)
        {
            case QueryFormat.Csv:
                CsvRows.Write(rows, writer);
                break;
            case QueryFormat.Json:
                JsonRows.Write(rows, writer);
                break;
            default:
                TableRows.Write(rows, console, width);
                break;
        }
    }

    private void SayWhenCut(bool isCut)
    {
        if (isCut)
        {
            context.Progress.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"… cut at --max-rows; there may be more rows")
            );
        }
    }
}
