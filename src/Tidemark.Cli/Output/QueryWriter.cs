using System.Globalization;
using System.Text;
using Spectre.Console;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Operations.Query;

namespace Tidemark.Cli.Output;

/// <summary>
/// Writes a query's rows to stdout or into a file. A file is written completely or not at all, and so is a JSON
/// document on stdout, because a query may fail at its last row.
/// </summary>
internal sealed class QueryWriter(CommandContext context, QueryFormat format, string? file)
{
    private const int Buffer = 64 * 1024;
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private string? _temporary;

    /// <exception cref="TidemarkException">Code <c>OUTPUT_MISSING</c>: the format needs a file.</exception>
    public static QueryWriter Of(CommandContext context, QueryFormat format, string? file) =>
        format == QueryFormat.Parquet && file is null
            ? throw new TidemarkException(ErrorKind.BadRequest, "OUTPUT_MISSING", "--format parquet needs -o FILE.")
            : new QueryWriter(context, format, file);

    public async Task WriteAsync(QueryOperation operation, QueryRequest asked, CancellationToken stop)
    {
        try
        {
            await WriteRowsAsync(operation, asked with { GiveUp = GiveUp }, stop);
        }
        catch (DuckDbException e)
        {
            // It failed between two rows, where the engine does not say that a file is gone.
            if (await operation.WhyAsync(asked, e, stop) is { } why)
            {
                throw why;
            }

            throw;
        }
    }

    private async Task WriteRowsAsync(QueryOperation operation, QueryRequest request, CancellationToken stop)
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

        // The file gets its name only when it is complete.
        _temporary = $"{file}.tmp-{Path.GetRandomFileName()}";
        try
        {
            var (rows, isCut) =
                format == QueryFormat.Parquet
                    ? await WriteParquetAsync(operation, request, _temporary, stop)
                    : await WriteTextAsync(operation, request, _temporary, stop);
            File.Move(_temporary, file, overwrite: true);
            context.Say($"Wrote {file}");
            context.WriteJson(
                new
                {
                    file,
                    format = format.ToString().ToLowerInvariant(),
                    rows,
                    may_be_cut = isCut,
                }
            );
            SayWhenCut(isCut);
        }
        finally
        {
            File.Delete(_temporary);
        }
    }

    // Another thread calls this while the query is still running; it ends the process.
    private void GiveUp(Exception error)
    {
        try
        {
            if (_temporary is { } temporary)
            {
                File.Delete(temporary);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Report why the query is given up, not this error.
        }

        context.GiveUp(error);
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

        // Only its owner can read such a file.
        _temporary = Path.GetTempFileName();
        try
        {
            var (_, isCut) = await WriteTextAsync(operation, request, _temporary, stop);
            using var reader = new StreamReader(_temporary, s_utf8, detectEncodingFromByteOrderMarks: false);
            var chars = new char[Buffer];
            while (reader.Read(chars) is var count and > 0)
            {
                context.World.Out.Write(chars.AsSpan(0, count));
            }

            SayWhenCut(isCut);
        }
        finally
        {
            File.Delete(_temporary);
        }
    }

    private static async Task<(long Rows, bool IsCut)> WriteParquetAsync(
        QueryOperation operation,
        QueryRequest request,
        string path,
        CancellationToken stop
    )
    {
        var written = await operation.WriteParquetAsync(request, path, stop);
        return (written.Rows, written.MayBeCut);
    }

    private async Task<(long Rows, bool IsCut)> WriteTextAsync(
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
        var count = Write(rows, writer, console, width: null);
        return (count, rows.IsCut);
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

    private long Write(QueryRows rows, TextWriter writer, IAnsiConsole console, int? width) =>
        format switch
        {
            QueryFormat.Csv => CsvRows.Write(rows, writer),
            QueryFormat.Json => JsonRows.Write(rows, writer),
            _ => TableRows.Write(rows, console, width),
        };

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
