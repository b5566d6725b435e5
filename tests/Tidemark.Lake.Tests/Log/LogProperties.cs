using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Log;

/// <summary>Logs as they should not be, and logs of any course. FsCheck prints the seed of what it falsifies.</summary>
[Trait("Speed", "Slow")]
public sealed class LogProperties : IDisposable
{
    private const string Key = "ods/ods_log/_delta_log/00000000000000000000.json";
    private readonly LogRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Entry_MutatedOrCutOff_GivesLinesOrAnErrorThatNamesFileAndLine() =>
        Prop.ForAll(
                Mutations(WholeEntry()).ToArbitrary(),
                content =>
                {
                    try
                    {
                        var state = new LogState(LogRig.Table);
                        state.Apply(0, DeltaLog.Read(Key, content));
                        var snapshot = state.ToSnapshot();
                        _ = snapshot.RowCount + snapshot.Bytes;
                    }
                    catch (TidemarkException e)
                    {
                        e.Code.ShouldBeOneOf("LOG_CORRUPT", "TYPE_UNSUPPORTED");
                        e.Message.ShouldNotContain("Tidemark.Lake");
                        e.Message.ShouldNotContain("System.");
                        if (e.Message.Contains("the log entry is damaged", StringComparison.Ordinal))
                        {
                            e.Message.ShouldMatch("^" + Key + "(:[0-9]+)?: ");
                        }
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

    [Fact]
    public void Hint_OfAnyContent_ChangesNothing()
    {
        _rig.WriteAdds(5);
        Run(_rig.NewLog().CheckpointAsync(2, default));
        Run(_rig.NewLog().CheckpointAsync(4, default));
        Prop.ForAll(
                Mutations(new CheckpointHint(4, 7, null, 3_000, 5).ToJson()).ToArbitrary(),
                content =>
                {
                    File.WriteAllBytes(_rig.HintPath, content);
                    var snapshot = Run(_rig.NewLog().SnapshotAsync(default));
                    (snapshot.Version, snapshot.Files.Count).ShouldBe((5, 6));
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }

    [Fact]
    public void Checkpoint_MutatedOrCutOff_GivesAStateOrAnErrorThatNamesTheFile()
    {
        _rig.WriteAdds(300);
        Run(_rig.NewLog().CheckpointAsync(300, default));
        var path = _rig.CheckpointPath(300);
        var whole = File.ReadAllBytes(path);
        var reader = new CheckpointReader(LogRig.Table, _rig.Store, _rig.Engine);
        var damaged = 0;
        Prop.ForAll(
                Mutations(whole).ToArbitrary(),
                content =>
                {
                    File.WriteAllBytes(path, content);
                    var file = new StoredObject(Path.GetRelativePath(_rig.Folder, path), content.Length, default);
                    try
                    {
                        Run(reader.ReadAsync(new Checkpoint(300, [file]), withRemoved: true, default));
                    }
                    catch (TidemarkException e)
                    {
                        e.Code.ShouldBe("LOG_CORRUPT");
                        e.Message.ShouldContain("00000000000000000300.checkpoint.parquet");
                        damaged++;
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150));
        damaged.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void Snapshot_AnyCourseWithCheckpointsAnywhere_IsTheReplayOfAllEntries() =>
        Prop.ForAll(
                Courses().ToArbitrary(),
                course =>
                {
                    using var rig = new LogRig();
                    var warm = rig.NewLog();
                    var model = new Model();
                    var states = new List<string>();
                    for (var version = 0; version < course.Length; version++)
                    {
                        var lines = model.Next(version, course[version].Choices);
                        rig.Write(version, lines);
                        states.Add(model.ToString());
                        if (course[version].Checkpoint)
                        {
                            Run(rig.NewLog().CheckpointAsync(version, default));
                        }

                        if (course[version].Look)
                        {
                            Model.Describe(Run(warm.SnapshotAsync(default))).ShouldBe(states[^1]);
                        }
                    }

                    Model.Describe(Run(rig.NewLog().SnapshotAsync(default))).ShouldBe(states[^1]);
                    for (var version = 0; version < course.Length; version++)
                    {
                        Model
                            .Describe(Run(rig.NewLog().SnapshotAtAsync(version, default)))
                            .ShouldBe(states[version], $"version {version}");
                    }

                    Run(rig.NewLog().HistoryAsync(default)).Count.ShouldBe(course.Length);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Effort.Of(10)));

    private static byte[] WholeEntry() =>
        DeltaLog.Write([
            LogRig.Commit(1_654_041_600_000),
            LogRig.Protocol(),
            LogRig.Metadata(),
            new DeltaLine { Add = LogRig.Add("a") },
            new DeltaLine { Remove = LogRig.Remove("b") },
            new DeltaLine { Txn = new TransactionAction("app", 3, 4) },
        ]);

    /// <summary>Bytes with a few of them changed, moved, left out or put in, and perhaps cut off.</summary>
    private static Gen<byte[]> Mutations(byte[] whole) =>
        from cut in Gen.Frequency((3, Gen.Constant(whole.Length)), (1, Gen.Choose(0, whole.Length)))
        from changes in Gen.Choose(0, 1_000_000).Three().ListOf(3)
        select Mutated(whole[..cut], changes);

    private static byte[] Mutated(byte[] content, IReadOnlyList<(int Kind, int Where, int What)> changes)
    {
        string[] words =
        [
            "null",
            "{}",
            "[]",
            "\"\"",
            "-1",
            "1e999",
            "true",
            "\\ud800",
            "\n",
            "}",
            "\"",
            ":",
            "99999999999999999999",
        ];
        var bytes = new List<byte>(content);
        foreach (var (kind, where, what) in changes)
        {
            if (bytes.Count == 0)
            {
                break;
            }

            var at = where % bytes.Count;
            switch (kind % 6)
            {
                case 0:
                    bytes[at] = (byte)what;
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << (what % 8));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(what % 40, bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(0, Math.Min(what % 40, bytes.Count)));
                    break;
                case 4:
                    Replace(bytes, at, Encoding.UTF8.GetBytes(words[what % words.Length]));
                    break;
                default:
                    break;
            }
        }

        return [.. bytes];
    }

    // Puts a word in the place of the next JSON value, where there is one.
    private static void Replace(List<byte> bytes, int at, byte[] word)
    {
        var colon = bytes.IndexOf((byte)':', at);
        if (colon < 0)
        {
            bytes.InsertRange(at, word);
            return;
        }

        var end = bytes.FindIndex(colon, b => b is (byte)',' or (byte)'}');
        bytes.RemoveRange(colon + 1, (end < 0 ? bytes.Count : end) - colon - 1);
        bytes.InsertRange(colon + 1, word);
    }

    private static Gen<Step[]> Courses() =>
        from steps in (
            from choices in Gen.Choose(0, 1_000_000).ListOf(4)
            from checkpoint in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
            from look in Gen.Elements(true, false)
            select new Step([.. choices], checkpoint, look)
        ).ListOf(20)
        from length in Gen.Choose(1, 20)
        select steps.Take(length).ToArray();

    private static T Run<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Run(Task task) => task.GetAwaiter().GetResult();

    internal sealed record Step(int[] Choices, bool Checkpoint, bool Look);

    /// <summary>The plainest table: a set of files, a map of transactions, a schema.</summary>
    private sealed class Model
    {
        private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, long> _transactions = new(StringComparer.Ordinal);
        private long _version = -1;
        private int _columns;

        public List<DeltaLine> Next(int version, int[] choices)
        {
            _version = version;
            var lines = new List<DeltaLine> { LogRig.Commit(version) };
            if (version == 0)
            {
                lines.AddRange([LogRig.Protocol(), Schema()]);
            }

            var touched = new HashSet<string>(StringComparer.Ordinal);
            foreach (var choice in choices)
            {
                var name = $"f{choice / 7 % 9}";
                switch (choice % 7)
                {
                    case 0 or 1 or 2 when touched.Add(name):
                        var add = LogRig.Add(name, choice % 100, $"u{choice % 4}");
                        _files[add.Path] = $"{choice % 100}/u{choice % 4}";
                        lines.Add(new DeltaLine { Add = add });
                        break;
                    case 3 or 4 when touched.Add(name):
                        var remove = LogRig.Remove(name);
                        _files.Remove(remove.Path);
                        lines.Add(new DeltaLine { Remove = remove });
                        break;
                    case 5 when touched.Add("txn" + name):
                        _transactions[name] = version;
                        lines.Add(new DeltaLine { Txn = new TransactionAction(name, version) });
                        break;
                    case 6 when touched.Add("schema"):
                        _columns++;
                        lines.Add(Schema());
                        break;
                }
            }

            return lines;
        }

        public override string ToString() =>
            $"{_version}: {string.Join(' ', _files)} {string.Join(' ', _transactions)} {_columns} columns, changed: {_columns > 0}";

        public static string Describe(TableSnapshot snapshot)
        {
            var files = new SortedDictionary<string, string>(
                snapshot.Files.ToDictionary(f => f.Key, f => $"{DeltaStats.RowCount(f.Value.Stats)}/{f.Value.Unit}"),
                StringComparer.Ordinal
            );
            var transactions = new SortedDictionary<string, long>(
                snapshot.Transactions.ToDictionary(t => t.Key, t => t.Value.Version),
                StringComparer.Ordinal
            );
            return $"{snapshot.Version}: {string.Join(' ', files)} {string.Join(' ', transactions)} {snapshot.Columns.Count - 1} columns, changed: {snapshot.SchemaChanged}";
        }

        private DeltaLine Schema()
        {
            var more = Enumerable.Range(0, _columns).Select(i => new LakeColumn($"c{i}", LakeType.Long));
            var schema = DeltaSchema.Write([new LakeColumn("dt", LakeType.Date), .. more]);
            return _columns == 0
                ? LogRig.Metadata(schema)
                : LogRig.Metadata(schema, (LogState.ColumnsAddedProperty, "true"));
        }
    }
}
