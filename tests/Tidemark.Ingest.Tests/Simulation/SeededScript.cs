namespace Tidemark.Ingest.Tests.Simulation;

/// <summary>What somebody or something does to the processes.</summary>
internal enum Deed
{
    /// <summary>A process is killed at a point of its work.</summary>
    KillAtWork,

    /// <summary>A process stands still at a point of its work, as on a machine that sleeps.</summary>
    StillAtWork,

    /// <summary>A process is killed now.</summary>
    Kill,

    /// <summary>A process is asked to end.</summary>
    Stop,

    /// <summary>A process that is not there is started, one that stands still is woken.</summary>
    Start,
    Pause,
    Resume,
    Cancel,
}

/// <summary>A deed at its moment.</summary>
/// <param name="Worker">Which process; −1 where it is none.</param>
/// <param name="Kind">For deeds at work: at a point of which kind.</param>
/// <param name="Points">For deeds at work: at which point of this kind from now on.</param>
internal sealed record ScriptedDeed(
    DateTimeOffset At,
    Deed Deed,
    int Worker = -1,
    PointKind Kind = PointKind.Store,
    int Points = 0
);

/// <summary>What happens to two processes over some days, by a seed.</summary>
internal static class SeededScript
{
    // About as many as a usual day has of each kind.
    private static readonly int[] s_points = [20, 30, 10];

    public static Queue<ScriptedDeed> Of(int seed, DateOnly first, DateOnly last)
    {
        var random = new Random(seed);
        var deeds = new List<ScriptedDeed>();
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            var due = SeededMarket.At(day, 19.5);
            DateTimeOffset Around(int before, int after) => due.AddSeconds(random.Next(-before, after));
            ScriptedDeed AtWork(Deed deed, int worker)
            {
                var kind = (PointKind)random.Next(3);
                return new(due.AddSeconds(-5), deed, worker, kind, random.Next(1, s_points[(int)kind]));
            }

            for (var worker = 0; worker < 2; worker++)
            {
                switch (random.NextDouble())
                {
                    case < 0.10:
                        deeds.Add(AtWork(Deed.KillAtWork, worker));
                        deeds.Add(new(Around(-10, random.Next(3) == 0 ? 40_000 : 900), Deed.Start, worker));
                        break;
                    case < 0.16:
                        deeds.Add(AtWork(Deed.StillAtWork, worker));
                        deeds.Add(new(Around(-10, random.Next(3) == 0 ? 40_000 : 900), Deed.Start, worker));
                        break;
                    case < 0.20:
                        deeds.Add(new(Around(20_000, 600), Deed.Kill, worker));
                        deeds.Add(new(Around(-600, random.Next(3) == 0 ? 150_000 : 3000), Deed.Start, worker));
                        break;
                    case < 0.25:
                        deeds.Add(new(Around(600, 120), Deed.Stop, worker));
                        deeds.Add(new(Around(-120, 3000), Deed.Start, worker));
                        break;
                }
            }

            if (random.NextDouble() < 0.1)
            {
                deeds.Add(new(Around(600, 60), Deed.Pause));
                deeds.Add(new(Around(-60, random.Next(4) == 0 ? 20_000 : 1200), Deed.Resume));
            }

            if (random.NextDouble() < 0.08)
            {
                deeds.Add(new(Around(0, 30), Deed.Cancel));
            }
        }

        return new Queue<ScriptedDeed>(deeds.OrderBy(deed => deed.At));
    }
}
