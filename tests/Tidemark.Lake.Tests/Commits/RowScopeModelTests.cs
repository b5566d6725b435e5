using FsCheck;
using FsCheck.Fluent;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tests.Compaction;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>
/// Whatever days and stretches of codes are committed, compacted and restored: the table is a dictionary from day and
/// code to a price, in which each commit replaces what it decides over.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class RowScopeModelTests
{
    private const int Days = 4;
    private static readonly string[] s_codes = ["a", "b", "c"];

    [Theory]
    [InlineData("dt")]
    [InlineData("month")]
    public void AnyCommitsByDayAndByCode_EqualADictionaryOfTheLastDecisions(string divided)
    {
        var price = Gen.Frequency((1, Gen.Constant(0)), (4, Gen.Choose(1, 3))); // 0: the answer lacks the row
        var prices = price.ArrayOf(Days * s_codes.Length);
        var day =
            from number in Gen.Choose(0, Days - 1)
            from rows in prices
            select new Step(Act.Day, number, number, "", rows);
        var code =
            from first in Gen.Choose(0, Days - 1)
            from last in Gen.Choose(first, Days - 1)
            from name in Gen.Elements(s_codes)
            from rows in prices
            select new Step(Act.Code, first, last, name, rows);
        var compact = Gen.Constant(new Step(Act.Compact, 0, 0, "", []));
        var restore = Gen.Choose(0, 100).Select(version => new Step(Act.Restore, version, 0, "", []));
        var steps = Gen.Frequency((4, day), (4, code), (1, compact), (1, restore)).ListOf();

        Prop.ForAll(steps.ToArbitrary(), x => RunAsync([.. x], divided).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Effort.Of(15)).WithEndSize(12));
    }

    private static async Task RunAsync(IReadOnlyList<Step> steps, string divided)
    {
        using var rig = new ScopeRig(LakeFixture.DividedBy(divided));
        var model = new Dictionary<(int Day, string Code), int>();
        var days = new HashSet<int>();
        var versions = new List<(Dictionary<(int, string), int> Model, HashSet<int> Days)>();
        foreach (var step in steps)
        {
            if (step.Act is Act.Day or Act.Code)
            {
                await CommitAsync(rig, step, model);
                days.UnionWith(step.Act == Act.Day ? [step.From] : []);
            }
            else if (versions.Count > 0 && step.Act == Act.Compact)
            {
                await rig.Wide.Compaction.CompactAsync();
            }
            else if (versions.Count > 0)
            {
                var version = step.From % versions.Count;
                var table = rig.Wide.Fixture.NewLake().Table(CompactionRig.Prices);
                await new TableRestore(table).RestoreAsync(version, default);
                (model, days) = (new(versions[version].Model), [.. versions[version].Days]);
            }

            var snapshot = await rig.Wide.SnapshotAsync();
            if (!snapshot.Exists)
            {
                continue;
            }

            (await rig.Wide.RowsAsync()).ShouldBe(
                model.Select(r => $"{r.Key.Day}|{r.Key.Code}|{r.Value}"),
                ignoreOrder: true
            );
            days.ShouldAllBe(d => snapshot.HasUnit(ScopeRig.NameOf(d)), "a day that was asked for stays one");
            Enumerable
                .Range(0, Days)
                .Except(days)
                .ShouldAllBe(d => !snapshot.HasUnit(ScopeRig.NameOf(d)), "a code makes no day one that is there");
            while (versions.Count <= snapshot.Version)
            {
                versions.Add((new(model), [.. days]));
            }
        }

        if (versions.Count > 0)
        {
            (await rig.Wide.FaultsAsync()).ShouldBeEmpty();
        }
    }

    private static async Task CommitAsync(ScopeRig rig, Step step, Dictionary<(int Day, string Code), int> model)
    {
        var rows = step.Rows();
        var scope = model.Keys.Where(step.Decides).ToArray();
        var expected = (
            (long)rows.Keys.Count(k => !model.ContainsKey(k)),
            (long)rows.Count(r => model.TryGetValue(r.Key, out var old) && old != r.Value),
            (long)rows.Count(r => model.TryGetValue(r.Key, out var old) && old == r.Value),
            (long)scope.Count(k => !rows.ContainsKey(k))
        );
        foreach (var key in scope)
        {
            model.Remove(key);
        }

        foreach (var (key, value) in rows)
        {
            model[key] = value;
        }

        var counts = (await rig.CommitAsync(step.Append, "the model says so")).Counts.Values.Single();

        (counts.Inserted, counts.Updated, counts.Unchanged, counts.Deleted).ShouldBe(expected, step.ToString());
        (await rig.CommitAsync(step.Append, "the model says so")).IsNewVersion.ShouldBeFalse("twice is once");
    }

    private enum Act
    {
        Day,
        Code,
        Compact,
        Restore,
    }

    private sealed record Step(Act Act, int From, int To, string Code, int[] Prices)
    {
        public bool Decides((int Day, string Code) key) =>
            From <= key.Day && key.Day <= To && (Act == Act.Day || key.Code == Code);

        public Dictionary<(int Day, string Code), int> Rows() =>
            Enumerable
                .Range(0, Days)
                .SelectMany(day => s_codes.Select((code, i) => (Key: (day, code), Price: Prices[(day * 3) + i])))
                .Where(r => r.Price > 0 && Decides(r.Key))
                .ToDictionary(r => r.Key, r => r.Price);

        public void Append(TableStaging staging)
        {
            if (Act == Act.Day)
            {
                ScopeRig.AppendDay(staging, From, [.. Rows().Select(r => (r.Key.Code, (double?)r.Value))]);
            }
            else
            {
                ScopeRig.AppendCode(staging, Code, From, To, [.. Rows().Select(r => (r.Key.Day, (double?)r.Value))]);
            }
        }
    }
}
