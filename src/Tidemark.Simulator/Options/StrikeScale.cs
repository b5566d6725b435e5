namespace Tidemark.Simulator.Options;

/// <summary>
/// All strikes that a class can ever have, numbered, so that a contract's number contains its strike.
/// </summary>
internal abstract class StrikeScale
{
    public abstract int Count { get; }

    public abstract double Strike(int index);

    /// <summary>The number of a strike; −1 when there is no such strike.</summary>
    public abstract int IndexOf(double strike);

    /// <summary>Multiples of one step.</summary>
    public sealed class Even(double step, int count) : StrikeScale
    {
        public override int Count => count;

        public override double Strike(int index) => step * (index + 1);

        public override int IndexOf(double strike)
        {
            var index = (int)Math.Round(strike / step) - 1;
            return (uint)index < (uint)count && Strike(index) == strike ? index : -1;
        }
    }

    /// <summary>
    /// 0.5 to 100 by halves, to 250 by 1 and by 2.5, to 1,000 by 2.5, to 2,500 by 10 and to 8,000 by 25.
    /// </summary>
    public sealed class Graded : StrikeScale
    {
        private const int Halves = 200;
        private const int Mixed = Halves + 180;
        private const int Quarters = Mixed + 300;
        private const int Tens = Quarters + 150;

        public override int Count => Tens + 220;

        public override double Strike(int index) =>
            index switch
            {
                < Halves => 0.5 * (index + 1),
                < Mixed => 100 + ((index - Halves) / 6 * 5) + Offset((index - Halves) % 6),
                < Quarters => 250 + (2.5 * (index - Mixed + 1)),
                < Tens => 1_000 + (10 * (index - Quarters + 1)),
                _ => 2_500 + (25 * (index - Tens + 1)),
            };

        public override int IndexOf(double strike)
        {
            if (!(strike > 0 && strike <= 8_000))
            {
                return -1;
            }

            var index = strike switch
            {
                <= 100 => (int)(strike * 2) - 1,
                <= 250 => Within(strike - 100),
                <= 1_000 => Mixed - 1 + (int)((strike - 250) / 2.5),
                <= 2_500 => Quarters - 1 + (int)((strike - 1_000) / 10),
                _ => Tens - 1 + (int)((strike - 2_500) / 25),
            };
            return index >= 0 && Strike(index) == strike ? index : -1;
        }

        private static double Offset(int place) =>
            place < 2 ? place + 1
            : place == 2 ? 2.5
            : place;

        private static int Within(double above)
        {
            var five = (int)Math.Ceiling(above / 5) - 1;
            var rest = above - (5 * five);
            var place = rest switch
            {
                <= 2 => (int)rest - 1,
                <= 2.5 => 2,
                _ => (int)rest,
            };
            return Halves + (6 * five) + place;
        }
    }

    /// <summary>Round strikes after a corporate action: divided by a ratio, or less a distribution.</summary>
    public sealed class Adjusted(double step, int first, double ratio, double cash, int count) : StrikeScale
    {
        public override int Count => count;

        /// <summary>The strike before the action.</summary>
        public double Original(int index) => step * (first + index);

        public override double Strike(int index) => Math.Round((Original(index) / ratio) - cash, 2);

        public override int IndexOf(double strike)
        {
            var index = (int)Math.Round((strike + cash) * ratio / step) - first;
            return (uint)index < (uint)count && Strike(index) == strike ? index : -1;
        }
    }
}
