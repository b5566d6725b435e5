using System.Text;
using Tidemark.Core.Secrets;

namespace Tidemark.Cli.Output;

/// <summary>
/// A writer that masks secrets. It finds a secret only within one piece of text, which is how messages and documents
/// are written.
/// </summary>
internal sealed class MaskingWriter(TextWriter inner, SecretMask secrets) : TextWriter
{
    /// <summary>The inner writer: only for consoles, which test its identity and mask by themselves.</summary>
    public TextWriter Inner => inner;

    public override Encoding Encoding => inner.Encoding;

    public override IFormatProvider FormatProvider => inner.FormatProvider;

    public override void Write(char value) => inner.Write(value);

    public override void Write(string? value) => inner.Write(Masked(value));

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (buffer.Length < SecretMask.ShortestSecret / 2)
        {
            inner.Write(buffer);
        }
        else
        {
            Write(buffer.ToString());
        }
    }

    public override void WriteLine(string? value) => inner.WriteLine(Masked(value));

    public override Task WriteAsync(char value) => inner.WriteAsync(value);

    public override Task WriteAsync(string? value) => inner.WriteAsync(Masked(value));

    public override Task WriteAsync(char[] buffer, int index, int count) =>
        inner.WriteAsync(Masked(new string(buffer, index, count)));

    public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(Masked(buffer.ToString()).AsMemory(), cancellationToken);

    public override Task WriteLineAsync() => inner.WriteLineAsync();

    public override Task WriteLineAsync(string? value) => inner.WriteLineAsync(Masked(value));

    public override Task WriteLineAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteLineAsync(Masked(buffer.ToString()).AsMemory(), cancellationToken);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync() => inner.FlushAsync();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    private string? Masked(string? text) => text is null ? null : secrets.Mask(text);
}
