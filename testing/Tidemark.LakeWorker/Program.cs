using System.Globalization;
using Tidemark.LakeWorker;

// LakeWorker crash LAKE SEED FIRST STEPS [point NAME NTH | after MICROSECONDS | trace]
// LakeWorker race LAKE|s3:BUCKET FOLDER WRITER COMMITS disjoint|colliding
return args switch
{
    ["crash", var lake, var seed, var first, var steps, .. var kill] => await CrashRun.RunAsync(
        lake,
        Number(seed),
        Number(first),
        Number(steps),
        KillSwitch.Of(kill)
    ),
    ["race", var place, var work, var writer, var commits, var mode] => await RaceRun.RunAsync(
        place,
        work,
        Number(writer),
        Number(commits),
        collides: mode == "colliding"
    ),
    _ => throw new ArgumentException("see Program.cs", nameof(args)),
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
