using Spectre.Console;
using Spectre.Console.Rendering;
using Tidemark.Core.Secrets;

namespace Tidemark.Cli.Output;

/// <summary>
/// Masks secrets and shows control characters in everything that a console prints. The console's own colours and
/// cursor movements pass.
/// </summary>
/// <param name="secrets">The secrets to mask.</param>
/// <param name="isPlain">Whether to drop colours and other decoration.</param>
internal sealed class OutsideText(SecretMask secrets, bool isPlain) : IRenderHook
{
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) =>
        renderables.Select(renderable => new Cleaned(renderable, secrets, isPlain));

    private sealed class Cleaned(IRenderable inner, SecretMask secrets, bool isPlain) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
        {
            foreach (var segment in inner.Render(options, maxWidth))
            {
                if (segment.IsControlCode || segment.IsLineBreak)
                {
                    yield return segment;
                    continue;
                }

                var text = VisibleText.Of(secrets.Mask(segment.Text));
                yield return isPlain ? new Segment(text)
                : ReferenceEquals(text, segment.Text) ? segment
                : new Segment(text, segment.Style);
            }
        }
    }
}
