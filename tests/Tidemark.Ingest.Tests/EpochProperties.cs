using FsCheck;
using FsCheck.Fluent;
using Microsoft.Data.Sqlite;
using Tidemark.Control;
using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Lake;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Random interleavings of processes that take a pool, ask, are stopped, are overtaken, commit and give back, over
/// control databases that are backed up, restored and made anew, on real SQLite and a real lake: rows never stand over
/// newer ones, epochs never fall, and who was overtaken in his own control database commits nothing.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class EpochProperties(ITestOutputHelper output)
{
    private const int Sequences = 60;
    private const int Steps = 24;
    private const int Processes = 3;

    [Fact]
    public void Interleavings_NeverPutOlderRowsOverNewer()
    {
        var landed = 0;
        var refused = 0;
        var step = Gen.Choose(0, 99).SelectMany(act => Gen.Choose(0, Processes - 1), (act, who) => (act, who));
        var property = Prop.ForAll(
            step.ArrayOf(Steps).ToArbitrary(),
            steps =>
            {
                using var world = new World();
                foreach (var (act, who) in steps)
                {
                    world.StepAsync(act, who).GetAwaiter().GetResult();
                }

                landed += world.Landed;
                refused += world.Refused;
            }
        );

        property.Check(Config.QuickThrowOnFailure.WithMaxTest(Sequences).WithQuietOnSuccess(true));

        output.WriteLine($"{landed} commits landed, {refused} were refused");
        landed.ShouldBeGreaterThan(Sequences);
        refused.ShouldBeGreaterThan(Sequences / 4);
    }

    /// <summary>
    /// A process: its own view of the lake, the lock that it believes to have, and the rows that it was told.
    /// </summary>
    private sealed class Actor(DataLake lake)
    {
        public DataLake Lake => lake;

        public LaneLock? Lock { get; set; }

        /// <summary>The control database in which it took the lock, and the how-manieth there.</summary>
        public (int Database, int Taken) Took { get; set; }

        public (string Unit, double Told, TableSnapshot Seen)? Asked { get; set; }
    }

    private sealed class World : IDisposable
    {
        private static readonly DateOnly s_day = new(2024, 6, 12);
        private static readonly ColumnDefinition[] s_columns =
        [
            new("code", ColumnKind.Text, Nullable: false),
            new("price", ColumnKind.Double),
        ];

        private static readonly TableDefinition s_table = new(
            new TableId("ods", "ods_prices"),
            [new LakeColumn("code", LakeType.Text, Nullable: false), new LakeColumn("price", LakeType.Double)],
            ["code"]
        );

        private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-epochs-").FullName;
        private readonly SystemIdSource _ids = new();
        private readonly LakeEngine _engine;
        private readonly Actor[] _actors;
        private readonly Dictionary<string, double> _standing = [];
        private readonly List<ControlDatabase> _databases = [];
        private int _taken;
        private double _time;
        private string? _backup;
        private int _backups;
        private long _epoch;

        public World()
        {
            _engine = new LakeEngine(new EngineOptions(1, "256MB"), Path.Combine(_folder, "spill"));
            _actors = [.. Enumerable.Range(0, Processes).Select(_ => new Actor(NewLake()))];
            Open();
        }

        public int Landed { get; private set; }

        public int Refused { get; private set; }

        public async Task StepAsync(int act, int who)
        {
            var actor = _actors[who];
            switch (act)
            {
                case < 8:
                    await TakeAsync(actor);
                    break;
                case < 14:
                    await ExpireAsync();
                    break;
                case < 45:
                    await AskAsync(actor, $"u/{act % 2}");
                    break;
                case < 76:
                    await CommitAsync(actor, () => Task.CompletedTask);
                    break;
                case < 90:
                    // Stopped after the last look at the lease, while another does all that he does.
                    await CommitAsync(
                        actor,
                        async () =>
                        {
                            var other = _actors[(who + 1) % Processes];
                            await ExpireAsync();
                            await TakeAsync(other);
                            await AskAsync(other, $"u/{act % 2}");
                            await CommitAsync(other, () => Task.CompletedTask);
                        }
                    );
                    break;
                case < 93:
                    await ReleaseAsync(actor);
                    break;
                case < 96:
                    _backup = Path.Combine(_folder, $"backup-{_backups++}.db");
                    Sql($"VACUUM INTO '{_backup}'");
                    break;
                case < 98 when _backup is not null:
                    var restored = ControlFile;
                    File.Copy(_backup, restored);
                    Open();
                    break;
                default:
                    Open(); // made anew
                    break;
            }
        }

        public void Dispose()
        {
            foreach (var database in _databases)
            {
                database.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }

            _engine.Dispose();
            Directory.Delete(_folder, recursive: true);
        }

        private string ControlFile => Path.Combine(_folder, $"control-{_databases.Count}.db");

        private LaneLeases Leases => new(_databases[^1], _ids);

        private DataLake NewLake() =>
            DataLake.OnDisk(Path.Combine(_folder, "lake"), _engine, TimeProvider.System, _ids);

        private void Open() =>
            _databases.Add(
                ControlDatabase.OpenAsync(ControlFile, TimeProvider.System, default).GetAwaiter().GetResult()
            );

        private void Sql(string statement)
        {
            using var connection = new SqliteConnection($"Data Source={_databases[^1].Place};Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }

        private Task ExpireAsync()
        {
            Sql("update lane_leases set expires_at = 1 where released = 0");
            return Task.CompletedTask;
        }

        private async Task TakeAsync(Actor actor)
        {
            var mine = new LaneLock(
                Leases,
                new RunStore(_databases[^1], _ids),
                new LaneFences(actor.Lake),
                Lane.China,
                _ids.NewId().ToString(),
                TimeSpan.FromMinutes(50)
            );
            try
            {
                var table = await actor.Lake.Table(s_table.Id).SnapshotAsync(default);
                await mine.TakeAsync([table], default);
                actor.Lock = mine;
                actor.Took = (_databases.Count, ++_taken);
                actor.Asked = null; // a new run asks for itself
            }
            catch (TidemarkException e) when (e.Kind == ErrorKind.Conflict)
            {
                // Somebody has it.
            }
        }

        private async Task AskAsync(Actor actor, string unit)
        {
            if (actor.Lock is null)
            {
                await TakeAsync(actor);
            }

            if (actor.Lock is not null)
            {
                actor.Asked = (unit, ++_time, actor.Lake.Table(s_table.Id).LastSeen);
            }
        }

        private async Task ReleaseAsync(Actor actor)
        {
            if (actor.Lock is { } held)
            {
                await held.ReleaseAsync();
                actor.Lock = null;
                actor.Asked = null;
            }
        }

        private async Task CommitAsync(Actor actor, Func<Task> stopped)
        {
            if (actor is not { Lock: { } held, Asked: { } asked })
            {
                return;
            }

            actor.Asked = null;
            var took = actor.Took;
            var request = held.Guard(new CommitRequest("INGEST"));
            var look = request.EnsureAllowed!;
            request = request with
            {
                EnsureAllowed = async token =>
                {
                    await look(token);
                    await stopped();
                },
            };
            using var staging = actor.Lake.Stage(s_table, "run");
            var batch = new ColumnBatch(s_columns);
            ((TextColumn)batch.Columns[0]).Append("a"u8);
            ((ValueColumn<double>)batch.Columns[1]).Append(asked.Told);
            staging.Append(asked.Unit, s_day, batch, asked.Seen);
            try
            {
                var done = await actor.Lake.CommitAsync(staging, request, default);
                var snapshot = await NewLake().Table(s_table.Id).SnapshotAtAsync(done.Version, default);
                var epoch = WriterFence.NewestEpoch(snapshot, Lane.China);
                epoch.ShouldBeGreaterThanOrEqualTo(_epoch, "an epoch fell");
                _epoch = epoch;
                asked.Told.ShouldBeGreaterThan(_standing.GetValueOrDefault(asked.Unit), "older rows over newer");
                _standing[asked.Unit] = asked.Told;
                _actors
                    .Where(a => a.Took.Database == took.Database && a.Took.Taken > took.Taken)
                    .ShouldBeEmpty("he was overtaken, and committed");
                Landed++;
            }
            catch (TidemarkException e) when (e.Kind == ErrorKind.Conflict)
            {
                Refused++;
            }
        }
    }
}
