using Spectre.Console;
using Spectre.Console.Rendering;
using Tidemark.Core.Secrets;

namespace Tidemark.Cli.Output;

/// <summary>Masks secrets and shows control characters in everything that a console prints; its own colours and cursor movements pass.</summary>
internal sealed class OutsideText(SecretMask secrets) : IRenderHook
{
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) =>
        renderables.Select(renderable => new Cleaned(renderable, secrets));

    private sealed class Cleaned(IRenderable inner, SecretMask secrets) : IRenderable
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
                yield return ReferenceEquals(text, segment.Text) ? segment : new Segment(text, segment.Style);
            }
        }
    }
}
