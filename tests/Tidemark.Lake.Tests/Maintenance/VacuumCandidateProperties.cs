using FsCheck;
using FsCheck.Fluent;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tests.Maintenance;

/// <summary>The candidates of a vacuum against a model that keeps every version as a set.</summary>
public sealed class VacuumCandidateProperties
{
    [Fact]
    public void Plan_OfAnyHistory_IsExactlyWhatNoVersionWithinTheRetentionHas() =>
        Prop.ForAll(
                Gen.Choose(0, int.MaxValue).ToArbitrary(),
                seed =>
                {
                    var history = new RandomHistory(seed);

                    var candidates = VacuumCandidates.Of(
                        LakeFixture.Prices().Id,
                        history.Lifetimes,
                        history.Objects,
                        DateTimeOffset.FromUnixTimeMilliseconds(history.Cutoff)
                    );

                    var removed = candidates.Select(o => o.Key).ToHashSet();
                    removed.Intersect(history.Needed).ShouldBeEmpty($"seed {seed}: a readable version lost a file");
                    removed.ShouldBe(history.Expected, ignoreOrder: true, $"seed {seed}");
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    /// <summary>
    /// Versions that add, remove and bring back files; clocks that go back; files that no version has; others' files.
    /// </summary>
    private sealed class RandomHistory
    {
        private const string Prefix = "ods/ods_prices/";

        public RandomHistory(int seed)
        {
            var random = new Random(seed);
            var files = Enumerable
                .Range(0, random.Next(1, 8))
                .Select(i => $"dt=2022-06-0{1 + (i % 3)}/part {i}%-日.parquet")
                .ToArray();
            var entries = new List<List<DeltaLine>>();
            var versions = new List<(long Time, HashSet<string> Files)>();
            var live = new HashSet<string>();
            long clock = 1000;
            long latest = 0;
            for (var version = 0; version < random.Next(1, 12); version++)
            {
                clock = Math.Max(1, clock + random.Next(-20, 100));
                latest = Math.Max(latest + 1, clock);
                var lines = new List<DeltaLine> { new() { CommitInfo = new CommitInfoAction { Timestamp = clock } } };
                foreach (var file in files.Where(_ => random.Next(3) == 0))
                {
                    var path = Uri.EscapeDataString(file);
                    lines.Add(
                        live.Remove(file)
                            ? new DeltaLine { Remove = new RemoveAction(path, clock, true) }
                            : new DeltaLine
                            {
                                Add = new AddAction(path, new Dictionary<string, string?>(), 1, clock, true),
                            }
                    );
                    if (lines[^1].Add is not null)
                    {
                        live.Add(file);
                    }
                }

                entries.Add(lines);
                versions.Add((latest, [.. live]));
            }

            Cutoff = random.Next(900, (int)latest + 200);
            Lifetimes = new FileLifetimes(
                LakeFixture.Prices().Id,
                live.Select(f => new AddAction(Uri.EscapeDataString(f), new Dictionary<string, string?>(), 1, 0, true))
            );
            entries.ForEach(Lifetimes.Apply);

            string[] others =
            [
                "ods/ods_prices_more/dt=2022-06-01/part-0.parquet",
                "ods/ods_prices/dt=2022-06-01/manifest.json",
                "ods/ods_prices/_delta_log/00000000000000000010.checkpoint.parquet",
                "ods/ods_prices/dt=2022-06-01/_backup/part-0.parquet",
                "ods/ods_prices/notes.txt",
            ];
            string[] orphans = ["dt=2022-06-01/killed-1.parquet", "killed-2.parquet"];
            Objects =
            [
                .. files.Concat(orphans).Select(f => Stored(Prefix + f, random.Next(900, (int)latest + 200))),
                .. others.Select(k => Stored(k, 0)),
            ];
            Needed = versions
                .Where((v, i) => i == versions.Count - 1 || versions[i + 1].Time >= Cutoff)
                .SelectMany(v => v.Files)
                .Select(f => Prefix + f)
                .ToHashSet();
            Expected =
            [
                .. Objects
                    .Where(o =>
                        !others.Contains(o.Key)
                        && !Needed.Contains(o.Key)
                        && o.Modified.ToUnixTimeMilliseconds() < Cutoff
                    )
                    .Select(o => o.Key),
            ];
        }

        public FileLifetimes Lifetimes { get; }

        public IReadOnlyList<StoredObject> Objects { get; }

        public long Cutoff { get; }

        /// <summary>Keys that a version has that was in force at the cutoff or later.</summary>
        public IReadOnlySet<string> Needed { get; }

        public IReadOnlyList<string> Expected { get; }

        private static StoredObject Stored(string key, long modified) =>
            new(key, 1, DateTimeOffset.FromUnixTimeMilliseconds(modified));
    }
}
