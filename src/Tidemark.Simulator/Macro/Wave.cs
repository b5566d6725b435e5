namespace Tidemark.Simulator.Macro;

/// <summary>A smooth curve around a level that can be asked at any point: slow swings, faster ones, and a little noise.</summary>
/// <param name="Key">Another key, another curve.</param>
/// <param name="Level">What it swings around.</param>
/// <param name="Swing">How far it goes at most.</param>
/// <param name="Period">Points between the nodes of the slow swings.</param>
internal readonly record struct Wave(ulong Key, double Level, double Swing, int Period)
{
    public double At(int point) =>
        Level
        + (
            Swing
            * (
                (0.65 * Smooth(1, point, Period))
                + (0.3 * Smooth(2, point, Math.Max(2, Period / 7)))
                + (0.05 * Node(3, point))
            )
        );

    private double Smooth(ulong octave, int point, int period)
    {
        var node = (int)Math.Floor(point / (double)period);
        var along = (point - ((double)node * period)) / period;
        var eased = (1 - Math.Cos(Math.PI * along)) / 2;
        return (Node(octave, node) * (1 - eased)) + (Node(octave, node + 1) * eased);
    }

    private double Node(ulong octave, int node) =>
        SeededHash.Signed(SeededHash.Mix(Key, octave, unchecked((ulong)node)));
}
